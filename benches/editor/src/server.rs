//! rust-analyzer as a child process, spoken to over its standard input and output.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::position;

/// A started server that has read the crate.
pub struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    last: u64,
    ready: bool,
}

type Answer<T> = Result<T, Box<dyn Error>>;

impl Server {
    /// Starts the server on a crate, and waits until it has read all of it.
    pub fn start(folder: &Path) -> Answer<Server> {
        let program = std::env::var("RUST_ANALYZER").unwrap_or_else(|_| "rust-analyzer".to_owned());
        let mut child = Command::new(&program)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("{program}: {error}; see the head of benches/editor/src/main.rs")
            })?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let folder = folder.to_owned();
        let mut server = Server {
            child,
            input,
            output,
            folder,
            last: 0,
            ready: false,
        };
        let root = server.uri("");
        server.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": root.trim_end_matches('/'),
                "capabilities": {
                    "textDocument": {
                        "hover": { "contentFormat": ["markdown"] },
                        "definition": { "linkSupport": true },
                        "completion": { "completionItem": { "snippetSupport": false } },
                    },
                    "experimental": { "serverStatusNotification": true },
                },
                "initializationOptions": {
                    "checkOnSave": false,
                    "procMacro": { "enable": true },
                    "completion": { "autoimport": { "enable": false }, "postfix": { "enable": false } },
                    "hover": { "documentation": { "keywords": { "enable": false } }, "memoryLayout": { "enable": false } },
                },
            }),
        )?;
        server.send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }))?;
        let started = Instant::now();
        while !server.ready {
            if started.elapsed() > Duration::from_secs(300) {
                return Err("rust-analyzer isn't ready after 5 minutes".into());
            }
            let message = server.receive()?;
            server.serve(&message)?;
        }
        Ok(server)
    }

    /// Opens a module of the crate.
    pub fn open(&mut self, file: &str, text: &str) -> Answer<()> {
        let uri = self.uri(&format!("src/{file}.rs"));
        self.send(json!({
            "jsonrpc": "2.0", "method": "textDocument/didOpen",
            "params": { "textDocument": { "uri": uri, "languageId": "rust", "version": 1, "text": text } },
        }))
    }

    /// The messages of its own checks, without those that the macro reports.
    pub fn diagnostics(&mut self, file: &str) -> Answer<Vec<String>> {
        let uri = self.uri(&format!("src/{file}.rs"));
        let answer = self.request(
            "textDocument/diagnostic",
            json!({ "textDocument": { "uri": uri } }),
        )?;
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let own = items.iter().filter(|item| item["code"] != "macro-error");
        Ok(own
            .map(|item| format!("{}: {}", item["code"], item["message"]))
            .collect())
    }

    /// Asks about a position of a module.
    pub fn ask(&mut self, file: &str, method: &str, line: usize, column: usize) -> Answer<Value> {
        let uri = self.uri(&format!("src/{file}.rs"));
        self.request(method, position(&uri, line, column))
    }

    /// Ends the server.
    pub fn stop(mut self) {
        // It is asked first; whatever it answers, it ends here.
        let _ = self.request("shutdown", Value::Null);
        let _ = self.send(json!({ "jsonrpc": "2.0", "method": "exit" }));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.folder.display())
    }

    /// Asks until an answer comes that isn't out of date.
    fn request(&mut self, method: &str, params: Value) -> Answer<Value> {
        for _ in 0..20 {
            self.last += 1;
            let id = self.last;
            self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
            let answer = loop {
                let message = self.receive()?;
                if message["id"] == id && message.get("method").is_none() {
                    break message;
                }
                self.serve(&message)?;
            };
            match answer["error"]["code"].as_i64() {
                None => return Ok(answer["result"].clone()),
                // The contents changed meanwhile, or the server stopped asking itself: again.
                Some(-32802..=-32800) => std::thread::sleep(Duration::from_millis(500)),
                Some(_) => return Err(format!("{method}: {}", answer["error"]).into()),
            }
        }
        Err(format!("{method}: no answer").into())
    }

    /// Answers what the server asks, and takes note of what it tells.
    fn serve(&mut self, message: &Value) -> Answer<()> {
        if message["method"] == "experimental/serverStatus" {
            self.ready = message["params"]["quiescent"] == true;
        }
        if message.get("method").is_some()
            && let Some(id) = message.get("id")
        {
            self.send(json!({ "jsonrpc": "2.0", "id": id, "result": null }))?;
        }
        Ok(())
    }

    fn send(&mut self, message: Value) -> Answer<()> {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        Ok(self.input.flush()?)
    }

    fn receive(&mut self) -> Answer<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("rust-analyzer ended".into());
            }
            match line.trim() {
                "" => break,
                line => {
                    if let Some(number) = line.strip_prefix("Content-Length: ") {
                        length = number.parse()?;
                    }
                }
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }
}
