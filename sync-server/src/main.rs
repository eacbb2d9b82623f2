//! `gridweave`: one binary for the server, the demo city and the tools around them.

fn main() {}
