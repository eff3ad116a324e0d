//! The end of a server.

use std::time::Duration;

use claviger_http::limits::Times;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::echo::Running;
use crate::wire::{PATIENCE, Wire, post};

#[tokio::test]
async fn requests_under_way_are_answered_and_idle_connections_closed() {
    let running = Running::new().await;
    let address = running.address();
    let mut idle = Wire::open(address).await;
    idle.send(post("", "a")).await;
    idle.reply().await.unwrap();
    let mut fresh = Wire::open(address).await;
    let mut busy = Wire::open(address).await;
    busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n").await;
    timeout(PATIENCE, running.echo.arrived.notified()).await.unwrap();

    let echo = running.echo.clone();
    let stopping = tokio::spawn(running.server.stop());
    assert!(idle.is_closed().await && fresh.is_closed().await);
    assert!(TcpStream::connect(address).await.is_err());
    echo.go_on.notify_one();
    assert_eq!(busy.reply().await.unwrap().status, 200);
    assert!(busy.is_closed().await);
    drop((idle, fresh, busy));
    timeout(PATIENCE, stopping).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_does_not_hold_the_server() {
    let brief = Duration::from_millis(50);
    let running = Running::with(Times { stop: brief, linger: brief, ..Times::default() }).await;
    let mut wire = Wire::open(running.address()).await;
    wire.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n").await;
    timeout(PATIENCE, running.echo.arrived.notified()).await.unwrap();
    timeout(PATIENCE, running.server.stop()).await.unwrap();
}
