//! Translation of the field book for the apps, nothing more.
