//! The comparison of two sides: which finding each change gives, and that every effect has one cause.

mod causes;
mod documented;
mod fixture;
mod goldens;
mod identity;
mod keywords;
mod limits;
mod mirror;
mod random;
mod rest;
mod single;
