import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Cases that come to their end, for what is done with them afterwards.
extension Desk {
    /// Opens a case and lets it live to a status that ends it, with everything confirmed and nothing left to do.
    func finish(_ request: RequestText, as status: CaseStatus, at now: Instant = Times.opening) throws {
        switch status {
        case .rejected: try open(request.with(\.orderNumber, nil), at: now)
        case .withdrawn:
            try open(request.with(\.dispute, "open"), at: now)
            try receive([Reply.withdrawn(request.id)], at: now)
        case .settled:
            try open(request, at: now)
            try receive(
                [Reply.succeeded("revoke", of: request.id), Reply.succeeded("payout", of: request.id)], at: now)
        case .inReview, .approved, .attention: throw SuiteError(problem: "\(status) ends nothing")
        }
        try settle(request.id, at: now)
        try #require(try refundCase(request.id).state.status == status)
    }

    /// Confirms what a case has said and lets its deadlines pass, until nothing is left to do.
    func settle(_ id: String, at now: Instant) throws {
        try confirm(try unsent(id), at: now)
        while let dueAt = try refundCase(id).dueAt {
            try fallDue(id, at: max(now, dueAt))
            try confirm(try unsent(id), at: max(now, dueAt))
        }
    }

    /// Takes finished cases out, as `cases archive` does once their file is written.
    func archive(_ ids: [String], at now: Instant = Ending.archivedAt) throws {
        let reader = try fixture.openReader()
        let removals = try ids.map { id in
            CaseRemoval(try #require(try reader.history(of: try identity(id))), archivedAt: now)
        }
        try #require(try fixture.openArchive().remove(removals))
    }

    /// All finished cases, a stretch after the other.
    func finished(before cutoff: Instant = Ending.farAhead, lookingAt limit: Int = 100) throws -> FinishedCases {
        let archive = try fixture.openArchive()
        var all = FinishedCases()
        var place: CaseID?
        repeat {
            let found = try archive.finishedCases(before: cutoff, after: place, lookingAt: limit)
            #expect(found.cases.count <= limit)
            all.cases += found.cases
            all.unreadable += found.unreadable
            place = found.next
        } while place != nil
        return all
    }
}

enum Ending {
    /// 400 days after the suite's opening.
    static let archivedAt = Times.after(Times.day * 400)
    /// After anything that the suite plays.
    static let farAhead = Times.after(Times.day * 1_000)
}
