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
        help: ArgumentHelp("Only what is due within this time, or missed.", valueName: "DURATION"),
        transform: ArgumentText.duration)
    var dueWithin: Duration?
    @OptionGroup var page: PageOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reader = try configuration.read(store.flags).store.openReader()
        let now = SystemClock.now()
        let horizon = now + (dueWithin ?? .seconds(3_650 * 86_400))
        let cases = try reader.cases(
            matching: CaseFilter(dueBefore: horizon, limit: page.limit, order: .mostUrgentFirst))
        let owed = OwedPromise.all(of: cases.map(\.refundCase), dueBefore: horizon)
        if output.isJSON {
            for promise in owed.prefix(page.limit) { json(promise) }
            return
        }
        guard !owed.isEmpty else { return Output.line("nothing is due") }
        var table = TextTable("DUE", "TIME", "DEADLINE", "STANDING", "REQUEST", "STATUS", "AT STAKE")
        for promise in owed.prefix(page.limit) {
            table.row(
                promise.due.shortText, promise.due.distance(from: now), promise.kind.rawValue,
                promise.standing.rawValue, promise.refundCase.id.text, promise.refundCase.state.status.rawValue,
                promise.atStake.description)
        }
        table.lines.forEach(Output.line)
        let stakes = try reader.stakes(dueBefore: horizon)
        let caseCount = stakes.map(\.cases).reduce(0, +)
        if owed.count > page.limit || caseCount > cases.count {
            Output.line("(the first \(page.limit); more with --limit)")
        }
        Output.line(
            "at stake in \(caseCount) case\(caseCount == 1 ? "" : "s"): "
                + stakes.map(\.amount.description).joined(separator: ", "))
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
