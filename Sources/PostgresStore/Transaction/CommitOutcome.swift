import RefundWorker

/// What became of a transaction whose commit was on its way when the connection broke: the server itself is asked.
enum CommitOutcome {
    case committed
    case rolledBack
    /// Another server answers now, or this one does not know: the same order may be carried out again, since every
    /// message of it is then found to be known.
    case unknown

    /// By which the server will know the running transaction.
    static let current = Statement("transaction_current", "SELECT pg_current_xact_id()::text")

    private static let status = "SELECT pg_xact_status($1::text::xid8)"

    /// Asks a new connection to the same server (PostgreSQL, `pg_xact_status`).
    ///
    /// - Parameter wait: called between questions while the transaction is still going on there; `false` ends the wait.
    static func find(
        _ transaction: String, on connection: Connection, wait: () -> Bool
    ) throws(PostgresFailure) -> CommitOutcome {
        repeat {
            let answer = try connection.exchange(.run(status) { $0.add(transaction) }, within: Session.patience)
            switch answer.first({ $0.optionalText(0) }) ?? nil {
            case "committed": return .committed
            case "aborted": return .rolledBack
            case "in progress": continue
            default: return .unknown
            }
        } while wait()
        return .unknown
    }
}
