//! CFSSL's programs and ours, in each other's place.

mod anew;
mod clients;
mod database;
mod differential;
mod domain;
mod killed;
mod limited;
mod logs;
mod mkbundle;
mod old_keys;
mod programs;
mod reload;
mod serve;
mod walk;
