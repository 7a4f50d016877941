import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Asks, as a part of a round trip, what was said and done before, and which withdrawals wait.
struct Memory {
    private let words: [SaidWord]
    private let saidAt: Int?
    private let actionsAt: Int?
    private let withdrawalsAt: Int?

    init(words: [SaidWord], actions: [ActionID], opening: [RequestID], in pipeline: inout Pipeline) {
        self.words = words
        saidAt = words.isEmpty ? nil : pipeline.add(WordRows.command(finding: words))
        actionsAt = actions.isEmpty ? nil : pipeline.add(ActionRows.command(finding: actions))
        withdrawalsAt = opening.isEmpty ? nil : pipeline.add(ParkedRows.command(findingWithdrawalsOf: opening))
    }

    /// - Throws: `StoreError` when only a newer worker can read a row.
    func note(_ results: [QueryResult], into loaded: inout LoadedCases) throws {
        if let saidAt {
            for row in results[saidAt].rows { loaded.said.insert(words[Int(row.integer(0)) - 1]) }
        }
        if let actionsAt {
            for action in results[actionsAt].rows.compactMap({ RecordedAction($0) }) {
                loaded.actions[action.id] = action
            }
        }
        if let withdrawalsAt {
            for parked in try results[withdrawalsAt].map({ try ParkedMessage($0) }) {
                guard let request = parked.delivery.requestID else { continue }
                loaded.withdrawals[request] = loaded.withdrawals[request] ?? parked.delivery
            }
        }
    }
}
