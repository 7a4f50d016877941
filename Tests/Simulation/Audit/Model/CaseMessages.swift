import RefundPolicy

/// Whether a case tells what it must, and nothing else.
extension CaseModel {
    /// Codes that money and replies raise: each is there when it must, and else not.
    private static let told: Set<String> = [
        "failed", "unanswered", "bounced", "undone", "contradicted", "in_doubt", "done_twice", "after_end",
    ]

    /// The cause of an alert of this transaction: `<code>/<key>`, without the number of its repetition.
    private func cause(_ message: SentRow) -> String? {
        guard message.type == "alert.needs_attention" else { return nil }
        let cause = message.id.dropFirst("\(id)/alert/".count)
        guard let dot = cause.lastIndex(of: "."), Int(cause[cause.index(after: dot)...]) != nil else {
            return String(cause)
        }
        return String(cause[..<dot])
    }

    func has(_ alert: String) -> Bool { group.messages.contains { cause($0) == alert } }

    mutating func checkAlerts(_ hasArrived: (String) -> Bool) {
        var told = group.messages.compactMap(cause)
        for alert in group.required {
            if let index = told.firstIndex(of: alert) {
                told.remove(at: index)
            } else {
                complain(.alerts, "nobody was called for \(alert)")
            }
        }
        for alert in told where !group.possible.contains(alert) {
            let code = alert.prefix { $0 != "/" }
            guard CaseModel.told.contains(where: { code.hasSuffix("_\($0)") }) || code == "access_to_restore" else {
                continue
            }
            complain(.alerts, "somebody was called for \(alert), which was not so")
        }
    }

    mutating func checkNotices() {
        let settled = group.messages.filter { $0.type == "notice.settled" }
        if settled.count != group.settlements.count {
            complain(
                .notices,
                "told \(settled.count) settlements, and right were \(group.settlements.count) of \(settlements)")
        }
        for (message, settlement) in zip(settled, group.settlements) { check(message, settlement) }
        let delayed = group.messages.filter { $0.type == "notice.delayed" }
        if delayed.count != group.delays {
            complain(.notices, "told \(delayed.count) delays, and right were \(group.delays)")
        }
    }

    private mutating func check(_ message: SentRow, _ settlement: Settlement) {
        if let refund = Text.money("refund", of: message.body), refund != settlement.refund {
            complain(.notices, "\(message.id) tells of \(refund), and \(settlement.refund) have moved")
        }
        let text = String(decoding: message.body, as: UTF8.self)
        for (means, cents) in [("payout", settlement.byPayout), ("other_means", settlement.byOthers)] {
            let amount = Text.dollars(cents)
            let isTold =
                text.contains("{\"means\":\"\(means)\",\"amount\":{\"amount\":\"\(amount)\"")
                || text.contains("{\"means\":\"\(means)\",\"amount\":\"\(amount)\"")
            if cents > 0 ? !isTold : text.contains("\"means\":\"\(means)\",\"amount\":{\"amount\":\"") && !isTold {
                complain(.notices, "\(message.id) does not tell that \(amount) went by \(means)")
            }
        }
        checkDates(message)
    }

    /// No date lies before the request or years ahead.
    private mutating func checkDates(_ message: SentRow) {
        if let at = Text.member("settled_at", of: message.body).flatMap({ Instant($0) }) {
            let five = Duration.seconds(300)
            let first = (payout.keys.first ?? revoke.keys.first)?.committedAt ?? message.at
            if at < first - five - slack || at > message.at + five + slack {
                complain(.notices, "\(message.id) is dated \(at), and was made at \(message.at)")
            }
        }
        if let date = Text.member("earliest", of: message.body) {
            let first = (payout.keys.first?.committedAt ?? message.at).dateInUTC.dayNumber - 1
            let day = Instant("\(date)T00:00:00Z").map(\.dateInUTC.dayNumber) ?? 0
            if day < first || day > message.at.dateInUTC.dayNumber + 20 {
                complain(.notices, "\(message.id) expects the funds on \(date)")
            }
        }
    }
}
