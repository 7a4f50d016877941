/// A command that runs long, and that SIGHUP does not end in the middle of its work: it heeds the signal itself.
protocol OutlivingTerminal {}

extension RunCommand: OutlivingTerminal {}
extension ConsoleCommand: OutlivingTerminal {}
extension SandboxCommand: OutlivingTerminal {}
