//! HTTP as bytes: requests made and signed beforehand, so that while the clock runs this side only sends and reads.

use crate::Failure;
use crate::city::Player;
use gridweave_core::wire::signature::{Request, sign};
use gridweave_core::wire::{MEDIA_TYPE, pack};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One signed request, head and body, ready to be sent.
pub fn signed(
    player: &Player,
    path: &str,
    message: &impl Serialize,
    counter: u64,
) -> Result<Vec<u8>, Failure> {
    let body = pack(message);
    let request = Request { method: "POST", path, query: "", headers: &[], body: &body };
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {MEDIA_TYPE}\r\n");
    for (name, value) in sign(&request, &player.rid.to_string(), counter, &player.key)? {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    Ok(bytes)
}

/// One connection.
pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(addr: std::net::SocketAddr) -> Result<Client, Failure> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Client { stream, read: Vec::new() })
    }

    /// Sends a request and reads its answer; answers the body.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        self.stream.write_all(request).await?;
        let head_len = loop {
            if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..head_len]).to_ascii_lowercase();
        let len: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|len| len.trim().parse().ok())
            .ok_or("an answer without a length")?;
        while self.read.len() < head_len + len {
            self.more().await?;
        }
        let body = self.read[head_len..head_len + len].to_vec();
        self.read.drain(..head_len + len);
        if head.split(' ').nth(1) == Some("200") {
            Ok(body)
        } else {
            Err(format!("the server answered {head}").into())
        }
    }

    async fn more(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }
}
