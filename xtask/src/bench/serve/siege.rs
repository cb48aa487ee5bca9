//! What others do to a server while it is measured: nothing at all on many connections, or a body octet by octet.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::connection::{Connection, Target};
use super::door::Door;
use super::load::{self, Load, Plan};

/// Connections that do nothing.
pub(super) const IDLE: usize = 2_000;

/// Connections that send a body slowly.
pub(super) const SLOW: usize = 200;

/// Addresses that they come from.
const SOURCES: usize = 50;

/// Between two octets of a slow body.
const PAUSE: Duration = Duration::from_millis(500);

/// What the others do.
#[derive(Clone, Copy)]
pub(super) enum Siege {
    Idle,
    SlowBodies,
}

/// The load beside those who do that.
pub(super) async fn beside(siege: Siege, target: &Target, door: &Arc<Door>, plan: &Plan) -> Result<Load> {
    let count = match siege {
        Siege::Idle => IDLE,
        Siege::SlowBodies => SLOW,
    };
    let mut besiegers = Vec::with_capacity(count);
    for index in 0..count {
        besiegers.push(Connection::open(target, Some(source(index)?)).await?);
    }
    let slow = match siege {
        Siege::Idle => Vec::new(),
        Siege::SlowBodies => {
            besiegers.drain(..).map(|one| tokio::spawn(drip(one, door.slow_head()))).collect()
        }
    };
    let load = load::run(target, door, plan).await;
    slow.iter().for_each(tokio::task::JoinHandle::abort);
    drop(besiegers);
    load
}

/// Send until the server has enough of it.
async fn drip(mut connection: Connection, head: String) {
    if connection.send(head.as_bytes()).await.is_err() {
        return;
    }
    loop {
        tokio::time::sleep(PAUSE).await;
        if connection.send(b" ").await.is_err() {
            return;
        }
    }
}

/// All of 127.0.0.0/8 is this machine.
fn source(index: usize) -> Result<IpAddr> {
    Ok(Ipv4Addr::new(127, 0, 1, u8::try_from(index % SOURCES + 1)?).into())
}
