//! A proxy that lets every answer arrive later, however much is under way, and counts what it delivered.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Pieces of an answer that may be under way at once.
const UNDER_WAY: usize = 512;

/// A running proxy; it ends with the process.
pub(crate) struct Proxy {
    pub(crate) address: String,
    delivered: Arc<AtomicU64>,
}

impl Proxy {
    pub(crate) fn start(to: SocketAddr, delay: Duration) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", socket.local_addr().expect("an address"));
        let delivered = Arc::new(AtomicU64::new(0));
        let count = delivered.clone();
        std::thread::spawn(move || {
            for client in socket.incoming().flatten() {
                let count = count.clone();
                std::thread::spawn(move || drop(join(client, to, delay, &count)));
            }
        });
        Proxy { address, delivered }
    }

    /// Bytes that were delivered to clients so far.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }
}

fn join(client: TcpStream, to: SocketAddr, delay: Duration, delivered: &AtomicU64) -> std::io::Result<()> {
    let server = TcpStream::connect(to)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asks, mut asked) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut asks, &mut asked);
        let _ = asked.shutdown(std::net::Shutdown::Write);
    });
    let (pieces, coming) = sync_channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let (mut answers, mut client) = (server, client);
    std::thread::spawn(move || {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = answers.read(&mut piece) {
            if pieces.send((Instant::now() + delay, piece[..read].to_vec())).is_err() {
                return;
            }
        }
    });
    for (at, piece) in coming {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
        client.write_all(&piece)?;
        delivered.fetch_add(piece.len() as u64, Ordering::Relaxed);
    }
    client.shutdown(std::net::Shutdown::Both)
}
