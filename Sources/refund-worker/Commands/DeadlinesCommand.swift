import ArgumentParser
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker

/// `refund-worker deadlines`
struct DeadlinesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadlines", abstract: "What is due next, at risk or missed, with the money at stake.",
        discussion: """
            Lists the promises of open cases that are not kept yet, the most urgent first. At stake is the refund, or what \
            was paid while a case is in review. Times are in UTC.

            Example:
              refund-worker deadlines --due-within 24h
            """)

    @Option(
        name: .customLong("due-within"),
        help: ArgumentHelp("Only what is due within this time, or missed.", valueName: "DURATION"))
    var dueWithin: DurationArgument?
    @Option(help: ArgumentHelp("How many to list at most, 1 to 100000.", valueName: "N")) var limit = 50
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be 1 to 100000") }
    }

    func run() throws {
        let reader = try configuration.read(store.flags).store.openReader()
        let now = SystemClock.now()
        let horizon = now + (dueWithin?.duration ?? .seconds(3_650 * 86_400))
        let cases = try reader.cases(matching: CaseFilter(dueBefore: horizon, limit: 100_000))
        let owed = OwedPromise.all(of: cases.map(\.refundCase), dueBefore: horizon)
        if output.isJSON {
            for promise in owed.prefix(limit) { json(promise) }
            return
        }
        guard !owed.isEmpty else { return Output.line("nothing is due") }
        var table = TextTable("DUE", "TIME", "DEADLINE", "STANDING", "REQUEST", "STATUS", "AT STAKE")
        for promise in owed.prefix(limit) {
            table.row(
                promise.due.shortText, promise.due.distance(from: now), promise.kind.rawValue,
                promise.standing.rawValue, promise.refundCase.id.text, promise.refundCase.state.status.rawValue,
                promise.atStake.description)
        }
        table.lines.forEach(Output.line)
        if owed.count > limit { Output.line("(the first \(limit) of \(owed.count); more with --limit)") }
        if cases.count == 100_000 { Output.line("(only the newest 100000 open cases were looked at)") }
        Output.line("at stake: \(OwedPromise.totals(of: owed).map(\.description).joined(separator: ", "))")
    }

    private func json(_ promise: OwedPromise) {
        Output.json { writer in
            writer.string("due_at", promise.due.description)
            writer.string("deadline", promise.kind.rawValue)
            writer.string("standing", promise.standing.rawValue)
            writer.string("request_id", promise.refundCase.id.text)
            writer.string("status", promise.refundCase.state.status.rawValue)
            writer.money("at_stake", promise.atStake)
        }
    }
}

/// A promise to a customer that is not kept yet.
struct OwedPromise {
    let refundCase: RefundCase
    let kind: DeadlineKind
    let due: Instant
    let standing: Deadlines.Standing

    /// The refund, or what was paid while nobody has decided.
    var atStake: Money { refundCase.state.fulfilment?.refund ?? refundCase.request.invoice.paid }

    /// The open promises of open cases, the most urgent first.
    static func all(of cases: [RefundCase], dueBefore horizon: Instant) -> [OwedPromise] {
        cases.flatMap { refundCase -> [OwedPromise] in
            guard refundCase.state.status.isOpen else { return [] }
            var owed: [OwedPromise] = []
            // The answer is given with the decision; only review leaves it open.
            if refundCase.state.status == .inReview, refundCase.deadlines.response != .met {
                owed.append(
                    OwedPromise(
                        refundCase: refundCase, kind: .response, due: refundCase.respondBy,
                        standing: refundCase.deadlines.response))
            }
            if refundCase.deadlines.refund != .met {
                owed.append(
                    OwedPromise(
                        refundCase: refundCase, kind: .refund, due: refundCase.refundBy,
                        standing: refundCase.deadlines.refund))
            }
            return owed.filter { $0.due < horizon }
        }
        .sorted { ($0.due, $0.refundCase.id.text) < ($1.due, $1.refundCase.id.text) }
    }

    /// The money at stake in each currency, each case once, in the order of the codes.
    static func totals(of owed: [OwedPromise]) -> [Money] {
        var seen: Set<RequestID> = []
        var totals: [Currency: Int64] = [:]
        for promise in owed where seen.insert(promise.refundCase.id).inserted {
            let sum = totals[promise.atStake.currency, default: 0]
            totals[promise.atStake.currency] =
                sum.addingReportingOverflow(promise.atStake.minorUnits).overflow
                ? .max : sum + promise.atStake.minorUnits
        }
        return totals.sorted { $0.key.code < $1.key.code }
            .compactMap { Money(minorUnits: $0.value, currency: $0.key) }
    }
}
