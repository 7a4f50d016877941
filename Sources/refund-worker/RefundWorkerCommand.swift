import ArgumentParser
import RefundService

/// `refund-worker`, with a file for each subcommand in `Commands`.
@main
struct RefundWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund-worker",
        abstract: "Takes refund requests from RabbitMQ, decides them by a policy, and sees each through.",
        discussion: """
            Settings come from flags, then the environment (REFUND_WORKER_…), then the YAML file of --config; \
            `refund-worker config` lists them. Exit codes: 0 done, 1 it failed, 2 wrong usage or configuration, \
            3 the answer is no.

            Example, on a machine with a broker:
              refund-worker topology declare
              refund-worker run &
              refund-worker submit requests.jsonl
              refund-worker cases list
            """,
        version: BuildInformation.current.line,
        subcommands: [
            RunCommand.self, SubmitCommand.self, EvaluateCommand.self, CasesCommand.self, DeadlinesCommand.self,
            PayoutsCommand.self, QueuesCommand.self, DeadCommand.self, TopologyCommand.self, StoreCommand.self,
            DoctorCommand.self,
            PolicyCommand.self, SchemaCommand.self, ConfigCommand.self, SandboxCommand.self, BenchCommand.self,
            ConsoleCommand.self, VersionCommand.self, CompletionsCommand<RefundWorkerCommand>.self,
        ])

    static func main() async {
        // Which command it is shows only later.
        HangUp.hold()
        do {
            var command = try parseAsRoot()
            if !(type(of: command) is any OutlivingTerminal.Type) { HangUp.release() }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            StandardError.finish()
        } catch {
            ExitStatus.end(with: error, of: RefundWorkerCommand.self)
        }
    }
}
