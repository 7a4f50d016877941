import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker evaluate`
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Decide requests without a broker, and say why.",
        discussion: """
            Reads refund.requested messages as JSON lines, or one JSON object or array. What a worker would also look \
            at, other requests for the same invoice line, is known to a store only: with --store it is looked at there, \
            and nothing is changed; without it such a rule says that nobody has looked, and in JSON has no member \
            holds. A request that can't be read is told with the code and detail of its dead \
            letter, the others are still decided, and the exit code is 3.

            Example:
              refund-worker evaluate requests.jsonl
              refund-worker evaluate --json --policy-file policy.yaml - < requests.jsonl
              refund-worker evaluate --store --store-url sqlite:/var/lib/refunds.sqlite requests.jsonl
            """)

    @Argument(help: ArgumentHelp("A file of requests; - is standard input.", valueName: "file"), completion: .file())
    var file: String
    @Option(
        help: ArgumentHelp("Decide as at this instant (default: now).", valueName: "INSTANT"),
        transform: ArgumentText.instant)
    var now: Instant?
    @Flag(name: .customLong("store"), help: "Look at the requests' lines in the store.") var looksAtStore = false
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try configuration.read(store.flags, policy.flags)
        let survey = looksAtStore ? try settings.store.openSurvey(patience: .seconds(30)) : nil
        let evaluation = Evaluation(policy: try openPolicy(settings), now: now)
        let input = try MessageInput(path: file)
        var stream = MessageStream()
        var count = 0
        var unreadable = 0
        var isAtEnd = false
        while !isAtEnd {
            let bytes = try input.read()
            stream.append(bytes)
            isAtEnd = bytes.isEmpty
            if isAtEnd { stream.finish() }
            while let item = stream.next() {
                count += 1
                if try !decide(item, from: input, by: evaluation, beside: survey) { unreadable += 1 }
            }
        }
        if count == 0 { Output.problem("\(input.name): there is no request in it; give JSON objects, as submit takes") }
        if unreadable > 0 { throw EarlyEnd(.no) }
    }

    /// - Returns: whether it could be read.
    private func decide(
        _ item: MessageStream.Item, from input: MessageInput, by evaluation: Evaluation,
        beside survey: (any CaseSurvey)?
    ) throws -> Bool {
        switch item {
        case .message(let body, let line):
            do {
                if let survey {
                    let refundCase = try evaluation.decide(body, beside: survey)
                    show(refundCase, findings: refundCase.findings)
                } else {
                    let refundCase = try evaluation.decide(body)
                    show(refundCase, findings: refundCase.findingsWithoutStore)
                }
                return true
            } catch let error as DeadLetterReason {
                let requestID = (try? MessageOutline(body))?.requestID
                show(error, at: "\(input.name):\(line)", requestID: requestID)
            }
        case .unreadable(let reason, let line):
            show(reason, at: "\(input.name):\(line)", requestID: nil)
        }
        return false
    }

    private func show(_ refundCase: RefundCase, findings: [RuleFinding]) {
        if output.isJSON {
            Output.json(OutboundEncoder().encodeDecision(of: refundCase, findings: findings).body)
        } else {
            DecisionText(refundCase, findings: findings).lines.forEach(Output.line)
        }
    }

    private func show(_ reason: DeadLetterReason, at place: String, requestID: RequestID?) {
        guard output.isJSON else {
            let name = requestID?.text ?? place
            Output.line("\(name)  dead letter: \(reason.code)")
            Output.line("  \(place): \(reason.detail)")
            return
        }
        Output.json { writer in
            writer.string("request_id", ifPresent: requestID?.text)
            writer.string("place", place)
            writer.object("dead_letter") { writer in
                writer.string("code", reason.code)
                writer.string("detail", reason.detail)
            }
        }
    }
}
