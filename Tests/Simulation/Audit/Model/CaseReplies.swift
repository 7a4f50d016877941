import RefundPolicy

/// What replies make of a case.
extension CaseModel {
    mutating func take(_ reply: SpokenReply, at now: Instant, _ hasArrived: (String) -> Bool) {
        let isPayout = reply.command == "payout"
        let before = isPayout ? payout : revoke
        let turn = isPayout ? payout.take(reply, at: now) : revoke.take(reply, at: now)
        switch turn {
        case .nothing: break
        case .neverSent: complain(.replies, "a reply of the key \(reply.key) counts, which was never sent")
        case .recorded:
            calls.remove("unanswered/\(reply.command)")
            settleDown()
        case .failed: fail(reply)
        case .succeeded: succeed(reply, before, hasArrived)
        case .doneTwice:
            group.required.append("\(reply.command)_done_twice/\(reply.key)")
            // It is money after an end as well.
            if isPayout, isShut { group.required.append("payout_after_end/\(reply.key)") }
        case .undoneOnce:
            group.required.append("\(isPayout ? "payout_bounced" : "revoke_undone")/\(reply.key)")
        case .bounced: bounce(reply, before, at: now)
        }
    }

    /// A key that was awaited has failed.
    private mutating func fail(_ reply: SpokenReply) {
        calls.remove("unanswered/\(reply.command)")
        let alert = "\(reply.command)_failed/\(reply.key)"
        let needsPerson = reply.command == "payout" ? payout.needsPerson : revoke.needsPerson
        let isDoneByHand = reply.command == "revoke" && revokedByHand
        if isOpen, !isDoneByHand {
            if reply.isRetryable || needsPerson {
                group.possible.insert(alert)
                if has(alert) { calls.insert("failed/\(reply.command)") }
            } else {
                group.required.append(alert)
                calls.insert("failed/\(reply.command)")
            }
        }
        settleDown()
    }

    private mutating func succeed(_ reply: SpokenReply, _ before: CommandModel, _ hasArrived: (String) -> Bool) {
        let isPayout = reply.command == "payout"
        for number in before.doubtful where number != reply.number {
            let key = "\(reply.command)#\(number)"
            let alert = "\(reply.command)_in_doubt/\(key)"
            if isPayout { payout.doubt(number) } else { revoke.doubt(number) }
            if before.keys[number - 1].isDoubtTold { continue }
            if has(alert) {
                group.possible.insert(alert)
                if isPayout { payout.tellDoubt(number) } else { revoke.tellDoubt(number) }
            } else if hasArrived("\(id)/\(key)"), isOpen {
                group.required.append(alert)
            } else if isPayout {
                payout.takeBack(number)
            } else {
                revoke.takeBack(number)
            }
        }
        if before.hasBounced(reply.number) { group.required.append("\(reply.command)_contradicted/\(reply.key)") }
        for call in ["failed", "unanswered", "bounced"] { calls.remove("\(call)/\(reply.command)") }
        if isPayout {
            payout.needsPerson = false
            if isShut {
                group.required.append("payout_after_end/\(reply.key)")
                return
            }
            hasUntoldMoney = true
        } else {
            revoke.needsPerson = false
        }
        settleDown()
    }

    /// The only key that stood stands no more.
    private mutating func bounce(_ reply: SpokenReply, _ before: CommandModel, at now: Instant) {
        let isPayout = reply.command == "payout"
        requireUndone(reply, before, isPayout ? "payout_bounced" : "revoke_undone", at: now)
        if !isPayout, revokedByHand {
            // Whether what was done by hand holds is left open; a case that was closed stays so.
            guard !isShut, group.stored == Status.attention.rawValue else { return }
            revokedByHand = false
        }
        if isPayout { payout.needsPerson = true } else { revoke.needsPerson = true }
        switch end {
        case nil, .itself: break
        case .closed(let paidOut): guard isPayout, paidOut else { return }
        case .void, .withdrawn, .rejected: return
        }
        if isPayout {
            if settlements > 0, !hasUntoldMoney {
                delays += 1
                group.delays += 1
            }
            hasUntoldMoney = false
        }
        end = nil
        // What was missed before stands until the end, and the case has none any more.
        if hasMissedRefund {
            calls.insert("refund_missed")
            isCallSoft = isPaid
        }
        calls.insert("bounced/\(reply.command)")
        settleDown()
    }

    /// The alert of something undone: a contradiction where both clocks can be believed and the failure's is the earlier.
    private mutating func requireUndone(
        _ reply: SpokenReply, _ before: CommandModel, _ undone: String, at now: Instant
    ) {
        let contradicted = "\(reply.command)_contradicted/\(reply.key)"
        let bounced = "\(undone)/\(reply.key)"
        guard let success = before.firstSuccess(reply.number), let first = before.keys.first?.committedAt,
            let failureAt = reply.clock
        else { return group.required.append(bounced) }
        let trust = [trust(success.clock, first, success.at), trust(failureAt, first, now)]
        if failureAt >= success.clock || trust.contains(.no) {
            group.required.append(bounced)
        } else if trust.contains(.perhaps) {
            group.possible.formUnion([contradicted, bounced])
            if !has(contradicted), !has(bounced) { group.required.append(bounced) }
        } else {
            group.required.append(contradicted)
        }
    }

    private enum Trust { case yes, no, perhaps }

    /// Whether a clock is in range when its word comes, where that can be told.
    private func trust(_ clock: Instant, _ first: Instant, _ now: Instant) -> Trust {
        let five = Duration.seconds(300)
        if clock > first - five + slack, clock < now + five - slack { return .yes }
        if clock < first - five - slack || clock > now + five + slack { return .no }
        return .perhaps
    }
}
