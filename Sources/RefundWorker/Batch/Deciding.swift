internal import RefundMessages

extension Batch {
    /// Decides every delivery in its order against what the store holds (contract § 3).
    public func decide(_ loaded: LoadedCases, under policies: PolicyShelf) -> BatchDecision {
        var desk = DecisionDesk(loaded: loaded, policies: policies, now: now)
        for reading in readings {
            switch reading.message {
            case .failure(let reason): desk.bury(reading.delivery, requestID: nil, because: reason)
            case .success(.requested(let request)): desk.decide(request, from: reading.delivery)
            case .success(.event(let event, let id)): desk.apply(event, to: id, from: reading.delivery)
            }
        }
        desk.actOnDue()
        return desk.decision
    }
}
