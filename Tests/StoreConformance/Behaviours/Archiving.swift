import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Finding finished cases, and taking them out. The newest case is open in each, since a store may keep that one.
extension StoreBehaviour {
    static var archiving: [StoreBehaviour] { finding + removing }

    private static var finding: [StoreBehaviour] {
        [
            StoreBehaviour("finished are cases that have ended, owe nothing and have said everything, whole") {
                fixture in
                let desk = try Desk(fixture)
                for (id, steps) in Lives.all {
                    try desk.open(Lives.request(id))
                    for step in steps { _ = try step.run(desk, id) }
                }
                try desk.open(RequestText("rr-newest"))
                #expect(try desk.finished().cases.isEmpty, "their messages are not confirmed")
                let ended = try Lives.all.map(\.id).filter { try !desk.refundCase($0).state.status.isOpen }
                for id in Lives.all.map(\.id) { try desk.confirm(try desk.unsent(id), at: Times.after(Times.day)) }
                let owing = try ended.filter { try desk.refundCase($0).dueAt != nil }
                try #require(!owing.isEmpty)
                #expect(try desk.finished().cases.map(\.refundCase.id.text) == ended.filter { !owing.contains($0) })
                for id in owing { try desk.settle(id, at: Times.after(Times.day)) }
                let reader = try fixture.openReader()
                let histories = try ended.map { try #require(try reader.history(of: try identity($0))) }
                #expect(try desk.finished().cases == histories)
            },
            StoreBehaviour("a case is as old as its last event") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .settled)
                try desk.finish(RequestText("rr-2"), as: .rejected)
                let refusedAt = Times.after(Times.day * 30)
                try desk.receive([Reply.withdrawn("rr-2")], at: refusedAt)
                try desk.settle("rr-2", at: refusedAt)
                try desk.open(RequestText("rr-newest"))
                let last = try #require(
                    try fixture.openReader().history(of: try identity("rr-1"))?.events.map(\.at).max())
                func finished(before cutoff: Instant) throws -> [String] {
                    try desk.finished(before: cutoff).cases.map(\.refundCase.id.text)
                }
                #expect(try finished(before: last) == [])
                #expect(try finished(before: last + .microseconds(1)) == ["rr-1"])
                #expect(try finished(before: refusedAt) == ["rr-1"])
                #expect(try finished(before: refusedAt + .microseconds(1)) == ["rr-1", "rr-2"])
            },
            StoreBehaviour("stretches follow each other without gap or overlap, and end where cases get too young") {
                fixture in
                let desk = try Desk(fixture)
                for index in 0..<7 {
                    try desk.open(RequestText("rr-open-\(index)"))
                    try desk.finish(RequestText("rr-\(index)"), as: .settled)
                }
                let young = Times.after(Times.day * 300)
                for index in 0..<5 { try desk.open(RequestText("rr-young-\(index)"), at: young) }
                for limit in [1, 2, 3, 5, 100] {
                    let ids = try desk.finished(before: young, lookingAt: limit).cases.map(\.refundCase.id.text)
                    #expect(ids == (0..<7).map { "rr-\($0)" }, "looking at \(limit)")
                }
                let all = try fixture.openArchive().finishedCases(before: young, after: nil, lookingAt: 17)
                let end = try #require(all.next)
                #expect(try fixture.openArchive().finishedCases(before: young, after: end, lookingAt: 17).next == nil)
            },
            StoreBehaviour("a case with a parked message about it is not finished") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .settled)
                try desk.open(RequestText("rr-newest"))
                let batch = Batch(
                    reading: [desk.delivery(Reply.retried("rr-1"))], with: InboundDecoder(), at: Times.opening)
                let parked = batch.park(
                    because: .unprocessable(problem: "a test"), under: PolicyShelf(.standard), parking: ParkingTerms())
                try desk.commit(parked.changes)
                #expect(try desk.finished().cases.isEmpty)
            },
            StoreBehaviour("a finished case that can't be read is named, and the others are found") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .rejected)
                try desk.finish(RequestText("rr-2"), as: .rejected)
                try desk.open(RequestText("rr-newest"))
                try fixture.damageState(of: try identity("rr-1"))
                let found = try desk.finished()
                #expect(found.unreadable == [try identity("rr-1")])
                #expect(found.cases.map(\.refundCase.id.text) == ["rr-2"])
            },
        ]
    }

    private static var removing: [StoreBehaviour] {
        [
            StoreBehaviour("what is taken out is gone with its history, and its identity stays") { fixture in
                let desk = try Desk(fixture)
                let reader = try fixture.openReader()
                for status in [CaseStatus.settled, .rejected, .withdrawn] {
                    let request = RequestText("rr-\(status.rawValue)")
                    try desk.finish(request, as: status)
                    try desk.open(RequestText("rr-after-\(status.rawValue)"))
                    let id = try request.requestID
                    let refundCase = try desk.refundCase(request.id)
                    #expect(try reader.archived(id) == nil)
                    try desk.archive([request.id])
                    let identity = ArchivedCase(refundCase, archivedAt: Ending.archivedAt)
                    #expect(identity.line == (status == .settled ? request.line : nil))
                    #expect(try reader.archived(id) == identity)
                    #expect(try reader.history(of: id) == nil)
                    #expect(try reader.counts()[status] == 0)
                    let loaded = try desk.load(CaseKeys(requests: [id]))
                    #expect(loaded.cases.isEmpty)
                    #expect(loaded.archived == [id: identity])
                }
                #expect(try desk.finished().cases.isEmpty)
                #expect(
                    try desk.claim(at: Ending.farAhead).allSatisfy { $0.requestID?.text.hasPrefix("rr-after-") == true }
                )
                #expect(try fixture.keptPolicies() == 1)
                try desk.open(RequestText("rr-later"), at: Ending.archivedAt)
                #expect(try desk.refundCase("rr-later").policy == Policy.standard.versions.first)
            },
            StoreBehaviour("when one of the cases has moved on, none is taken out") { fixture in
                let desk = try Desk(fixture)
                for id in ["rr-1", "rr-2", "rr-3"] { try desk.finish(RequestText(id), as: .rejected) }
                try desk.open(RequestText("rr-newest"))
                let found = try desk.finished().cases.map { CaseRemoval($0, archivedAt: Ending.archivedAt) }
                try #require(found.count == 3)
                // An event more whose message is unsent; then confirmed, so that only the event tells.
                try desk.receive([Reply.withdrawn("rr-2")], at: Times.after(Times.day))
                let archive = try fixture.openArchive()
                #expect(try !archive.remove(found))
                try desk.settle("rr-2", at: Times.after(Times.day))
                #expect(try !archive.remove(found))
                #expect(try fixture.openReader().counts()[.rejected] == 3)
                #expect(try fixture.openReader().archived(try identity("rr-1")) == nil)
                for removal in found where removal.identity.requestID.text != "rr-2" {
                    #expect(try archive.remove([removal]))
                    #expect(try !archive.remove([removal]), "it is not there any more")
                }
                #expect(try desk.finished().cases.map(\.refundCase.id.text) == ["rr-2"])
            },
            StoreBehaviour("a case that is not finished is not taken out") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-open"))
                try desk.open(RequestText("rr-owing").with(\.orderNumber, nil))
                try desk.confirm(try desk.unsent("rr-owing"), at: Times.opening)
                try desk.open(RequestText("rr-newest"))
                for id in ["rr-open", "rr-owing"] {
                    let history = try #require(try fixture.openReader().history(of: try identity(id)))
                    #expect(try !fixture.openArchive().remove([CaseRemoval(history, archivedAt: Ending.archivedAt)]))
                    #expect(try desk.find(id) != nil)
                }
            },
            StoreBehaviour("a removal outlives a crash") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .settled)
                try desk.open(RequestText("rr-newest"))
                try desk.archive(["rr-1"])
                try desk.crashAndReopen()
                #expect(try desk.find("rr-1") == nil)
                #expect(try fixture.openReader().archived(try identity("rr-1"))?.status == .settled)
            },
            StoreBehaviour("cases are taken out while a worker works on others, and numbers are never given again") {
                fixture in
                let desk = try Desk(fixture)
                var numbers: Set<CaseID> = []
                for index in 0..<10 {
                    try desk.finish(RequestText("rr-\(index)"), as: .rejected)
                    numbers.insert(try desk.load("rr-\(index)").id)
                    let found = try desk.finished().cases.map { CaseRemoval($0, archivedAt: Ending.archivedAt) }
                    #expect(try fixture.openArchive().remove(found))
                }
                #expect(numbers.count == 10)
            },
        ]
    }
}
