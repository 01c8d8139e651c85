//! The command as its users meet it: every test starts the binary in a folder of its own.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod choose;
mod cluster;
mod complete;
mod config;
mod convert;
mod doubt;
mod errors;
mod generate;
mod graph;
mod helps;
mod house;
mod json;
mod latent;
mod linear;
mod networks;
mod pages;
mod pipes;
mod ratings;
mod robust;
mod stitch;
mod stops;
mod strange;
mod table_pages;
mod text;
mod words;
