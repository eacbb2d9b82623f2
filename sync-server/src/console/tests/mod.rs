//! The console through its router, over a small city with two workers who disagree.

mod city;
mod records;
mod routes;
mod sign_in;
