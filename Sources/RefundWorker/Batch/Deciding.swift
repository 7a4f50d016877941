public import RefundMessages

extension Batch {
    /// Decides every delivery in its order against what the store holds (contract § 3), then what time has brought.
    public func decide(
        _ loaded: LoadedCases, under policies: PolicyShelf, parking: ParkingTerms = ParkingTerms()
    ) -> BatchDecision {
        let company = BatchCompany(readings)
        var desk = DecisionDesk(loaded: loaded, policies: policies, parking: parking, now: now, company: company)
        for reading in readings {
            switch reading.message {
            case .failure(let reason): desk.bury(reading.delivery, requestID: nil, because: reason)
            case .success(let message) where message.requestID.map(loaded.unread.contains) ?? false:
                desk.decision.verdicts.append(.later)
            case .success(let message) where reading.untimely != nil:
                desk.park(reading.delivery, message, because: reading.untimely ?? .submittedInFuture)
            case .success(let message): desk.decide(message, from: reading.delivery)
            }
        }
        desk.tryParked(with: decoder)
        desk.actOnDue()
        desk.remindOfPause()
        desk.settlePostponements()
        return desk.decision
    }

    /// Parks every delivery that can be read, instead of deciding it: the store has refused what was decided.
    public func park(
        because reason: DeadLetterReason, under policies: PolicyShelf, parking: ParkingTerms
    ) -> BatchDecision {
        var desk = DecisionDesk(loaded: LoadedCases(), policies: policies, parking: parking, now: now)
        for reading in readings {
            switch reading.message {
            case .failure(let reason): desk.bury(reading.delivery, requestID: nil, because: reason)
            case .success(let message): desk.park(reading.delivery, message, because: reason)
            }
        }
        return desk.decision
    }

    /// Puts off what is due, instead of acting on it: the store has refused what came of it. A case is tried again after a
    /// minute; a parked message after its next wait, until its patience is over.
    public func putOff(
        _ loaded: LoadedCases, because reason: DeadLetterReason, under policies: PolicyShelf, parking: ParkingTerms
    ) -> BatchDecision {
        var desk = DecisionDesk(loaded: loaded, policies: policies, parking: parking, now: now)
        for id in loaded.due { desk.postpone(id) }
        for parked in loaded.parked {
            desk.tryLater(parked, because: reason)
            if let id = parked.delivery.requestID { desk.decision.putOff.append(id) }
        }
        return desk.decision
    }
}
