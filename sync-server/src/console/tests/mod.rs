//! The console through its router, over a small city with two workers who disagree.

pub(crate) mod city;
mod devices;
mod entities;
mod quarantine;
mod records;
mod routes;
mod sessions;
mod sign_in;
