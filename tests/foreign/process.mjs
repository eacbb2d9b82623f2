// A tool of the tests crate as a process: one JSON object a line in, one out.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Tool {
  constructor(path, args = []) {
    this.process = spawn(path, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async line() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the tool has ended");
    return JSON.parse(value);
  }

  async ask(job) {
    this.process.stdin.write(JSON.stringify(job) + "\n");
    return this.line();
  }

  end() {
    this.process.stdin.end();
  }
}
