import AMQPClient
import ArgumentParser
import Foundation
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker submit`
struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Publish messages to the exchanges of their kinds and wait until the broker has them.",
        discussion: """
            Reads JSON lines of any number, or one JSON object or array (up to 64 MiB). A message's type is --type, \
            else its own member "type", else what its members tell: "command_id" makes it a reply (failed with \
            "retryable" or "code", else succeeded), "verdict" a review, anything else a request. Withdrawals, \
            retries, and what pauses or resumes payouts must be named.

            What can't be published is told with its file, line and request id, and the rest goes on; exit code 1 \
            then. Sending the same request twice is harmless.

            Example:
              refund-worker submit requests.jsonl
              echo '{"request_id": "rr-1", "submitted_at": "2022-02-23T08:00:00Z"}' | \
            refund-worker submit --type refund.withdrawn -
            """)

    @Argument(help: ArgumentHelp("Files of messages; - is standard input.", valueName: "file"), completion: .file())
    var files: [String]
    @Option(help: "What every message is (default: see above).") var type: InboundType?
    @Option(help: ArgumentHelp("Pass over this many messages at the start.", valueName: "N")) var skip = 0
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard skip >= 0 else { throw ValidationError("--skip must be 0 or more") }
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input (-) can be read once only")
        }
    }

    func run() throws {
        let settings = try configuration.read(broker.flags).amqp
        // Opened before anything is sent, so that a mistyped name is known at once.
        for file in files where file != "-" { _ = try MessageInput(path: file) }
        let began = ContinuousClock.now
        let summary = try onBrokerThread { [self] in
            let inputs = try files.map { try MessageInput(path: $0) }
            let connection = try settings.connect(purpose: "submit")
            defer { connection.close() }
            let progress = ProgressLine()
            let submitter = Submitter(
                connection: connection, names: BrokerNames(prefix: settings.prefix), type: type, skip: skip,
                now: SystemClock.now,
                onFailure: { failure in
                    progress.clear()
                    show(failure)
                },
                onProgress: { progress.show($0.text) })
            let summary = submitter.submit(inputs)
            progress.clear()
            return summary
        }
        show(summary, in: ContinuousClock.now - began)
        if summary.progress.failed > 0 || summary.interruption != nil { throw EarlyEnd(.failed) }
    }

    private func show(_ failure: SubmissionFailure) {
        guard output.isJSON else {
            Output.problemLine("refund-worker: \(failure)")
            return
        }
        Output.json { writer in
            writer.string("failed", failure.place.description)
            writer.string("request_id", ifPresent: failure.requestID?.text)
            writer.string("problem", failure.problem)
        }
    }

    private func show(_ summary: SubmissionSummary, in time: Duration) {
        let progress = summary.progress
        let seconds = Double(time.microseconds) / 1_000_000
        if output.isJSON {
            Output.json { writer in
                writer.integer("read", Int64(progress.read))
                writer.integer("skipped", Int64(progress.skipped))
                writer.integer("confirmed", Int64(progress.confirmed))
                writer.integer("failed", Int64(progress.failed))
                writer.integer("unconfirmed", Int64(progress.inFlight))
                writer.integer("milliseconds", time.microseconds / 1_000)
                writer.string("interruption", ifPresent: summary.interruption)
                if summary.interruption != nil { writer.integer("resume_with_skip", Int64(summary.finishedThrough)) }
            }
            return
        }
        let rate = seconds > 0 ? Int(Double(progress.confirmed) / seconds) : progress.confirmed
        var line = "confirmed \(progress.confirmed) of \(progress.read - progress.skipped) messages"
        line += String(format: " in %.1f s (%d a second)", seconds, rate)
        if progress.skipped > 0 { line += ", skipped \(progress.skipped)" }
        if progress.failed > 0 { line += ", failed \(progress.failed)" }
        Output.line(line)
        guard let interruption = summary.interruption else { return }
        Output.problem(interruption)
        Output.problem(
            "it ended early: \(progress.inFlight) messages were sent and not confirmed. Everything before message "
                + "\(summary.finishedThrough + 1) is settled; go on with --skip \(summary.finishedThrough)")
    }
}
