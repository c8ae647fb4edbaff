//! The comparison of two sides: which finding each change gives, and that every effect has one cause.

mod causes;
mod fixture;
mod goldens;
mod identity;
mod limits;
mod mirror;
mod random;
mod rest;
mod single;
