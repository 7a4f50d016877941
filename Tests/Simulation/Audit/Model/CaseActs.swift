import RefundPolicy

/// What people and time make of a case.
extension CaseModel {
    mutating func withdraw() {
        func isTold(_ notice: String) -> Bool { group.messages.contains { $0.id == "\(id)/\(notice)" } }
        // Approved when its deadline had passed already, and nothing of it sent: whether that is too late is left open.
        let isEither = isOpen && status == .attention && revoke.keys.isEmpty && payout.keys.isEmpty
        if mayBeWithdrawn || (isEither && isTold("withdrawn")) {
            // Nobody loses the access and gets no money.
            if revokedByHand { group.required.append("access_to_restore") }
            (status, end) = (.withdrawn, .withdrawn)
            calls = []
            if !isTold("withdrawn") {
                complain(.withdrawalWins, "was withdrawn in time, and the customer is not told so")
            }
        } else if status != .withdrawn {
            if isTold("withdrawn") { complain(.withdrawalWins, "was withdrawn while it was \(status.rawValue)") }
            if isTold("withdrawal_refused") == hasRefusedWithdrawal {
                complain(.notices, "was withdrawn too late, and the customer is told so never or twice")
            }
            hasRefusedWithdrawal = true
        }
    }

    mutating func review(_ event: EventRow, _ hasArrived: (String) -> Bool) {
        let verdict = Text.member("verdict", of: event.body) ?? ""
        let isWorked = isOpen && status != .inReview
        switch verdict {
        case "approve":
            guard isOpen, status == .inReview else { return refuse(verdict) }
            let decided = group.messages.first { $0.id.hasPrefix("\(id)/approved") }
            approve(decided.flatMap { Text.money("refund", of: $0.body) }, at: event.at)
            if let named = Text.money("amount", of: event.body), named != granted {
                complain(.money, "\(named) was approved, and the notice grants \(granted ?? -1)")
            }
        case "reject":
            guard isOpen, status == .inReview else { return refuse(verdict) }
            (status, end) = (.rejected, .rejected)
        case "access_withdrawn":
            guard isWorked, !isRevoked else { return refuse(verdict) }
            revokedByHand = true
            for call in ["failed", "unanswered", "bounced"] { calls.remove("\(call)/revoke") }
            settleDown()
        case "close":
            guard isWorked, !calls.isEmpty else { return refuse(verdict) }
            close(amount: Text.money("amount", of: event.body), hasArrived)
        case "void":
            guard mayBeVoided(hasArrived) else { return refuse(verdict) }
            void(hasArrived)
        default: complain(.acts, "the verdict \(verdict) was taken")
        }
    }

    /// No payout stands, and none is unanswered that the broker has had.
    func mayBeVoided(_ hasArrived: (String) -> Bool) -> Bool {
        guard isOpen else { return false }
        if status == .inReview { return true }
        return !payout.stands && !payout.unanswered.contains { hasArrived("\(id)/payout#\($0)") }
    }

    private mutating func refuse(_ verdict: String) {
        complain(.acts, "\(verdict) was taken while the case was \(status.rawValue) (\(calls.sorted()))")
    }

    private mutating func close(amount: Int?, _ hasArrived: (String) -> Bool) {
        let owed = isPaid ? 0 : granted ?? 0
        let others = amount ?? owed
        if others > owed { complain(.money, "was closed with \(others), and \(owed) were owed") }
        (status, end) = (.settled, .closed(paidOut: payout.stands))
        // Whoever closes a case has taken over, also what is to be done about the access.
        revokedByHand = true
        calls = []
        takeBackAll(hasArrived)
        let paid = payout.stands ? granted ?? 0 : 0
        if others > 0 { hasUntoldMoney = true }
        if others + paid > 0 || settlements == 0 {
            tellSettlement(Settlement(refund: others + paid, byPayout: paid, byOthers: others))
        }
        hasUntoldMoney = false
    }

    private mutating func void(_ hasArrived: (String) -> Bool) {
        let isOut = revoke.keys.indices.contains { hasArrived("\(id)/revoke#\($0 + 1)") }
        if isOut, revoke.stands || !revoke.unanswered.isEmpty {
            group.required.append("access_to_restore")
        } else if !revoke.keys.isEmpty || revokedByHand {
            group.possible.insert("access_to_restore")
        }
        (status, end) = (.rejected, .void)
        calls = []
        takeBackAll(hasArrived)
        if !group.messages.contains(where: { $0.type == "notice.decided" }) {
            complain(.notices, "was voided, and the customer is not told")
        }
    }

    /// What is unanswered now and has never arrived never will.
    private mutating func takeBackAll(_ hasArrived: (String) -> Bool) {
        for number in revoke.unanswered where !hasArrived("\(id)/revoke#\(number)") { revoke.cutShort(number) }
        for number in payout.unanswered where !hasArrived("\(id)/payout#\(number)") { payout.cutShort(number) }
    }

    mutating func retry(_ event: EventRow) {
        guard isOpen, !calls.isEmpty else { return refuse("retried") }
        for name in ["revoke", "payout"] {
            for call in ["failed", "unanswered", "bounced"] { calls.remove("\(call)/\(name)") }
        }
        revoke.needsPerson = false
        payout.needsPerson = false
        // A key that was taken back was never sent: it may go out now, or leave its place to the next.
        revoke.bringBack(unless: nextKey(of: "revoke") != nil)
        payout.bringBack(unless: nextKey(of: "payout") != nil)
        settleDown()
    }

    /// Time has raised alerts that no reply did.
    mutating func fallDue() {
        for command in [revoke, payout] where isOpen && !command.stands {
            for (index, key) in command.keys.enumerated() {
                let name = "\(command.name)#\(index + 1)"
                let unanswered = "\(command.name)_unanswered/\(name)"
                let failed = "\(command.name)_failed/\(name)"
                if key.word == .nothing, has(unanswered) {
                    group.possible.insert(unanswered)
                    calls.insert("unanswered/\(command.name)")
                }
                if key.word == .failure, has(failed) {
                    group.possible.insert(failed)
                    calls.insert("failed/\(command.name)")
                }
            }
        }
        settleDown()
    }

    /// A refund deadline that was missed calls somebody until the case ends.
    mutating func missRefund() {
        guard group.messages.contains(where: { $0.id.hasPrefix("\(id)/alert/refund_missed") }) else { return }
        if group.wasPaid, isPaid { complain(.deadlines, "the refund's deadline was missed, and it had been paid") }
        hasMissedRefund = true
        guard isOpen else { return }
        calls.insert("refund_missed")
        isCallSoft = false
        settleDown()
    }
}
