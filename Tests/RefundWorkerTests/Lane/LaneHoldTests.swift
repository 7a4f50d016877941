import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("A lane hands a message to the broker only while it holds it")
struct LaneHoldTests {
    private let lease = OutboxMessage.publisherHeadStart
    private let margin = Duration.seconds(2)

    /// A lane that has committed messages and has not published them; the broker is away.
    private func holding(_ messages: [OutboxMessage], limits: LaneLimits = LaneLimits()) throws -> LaneDriver {
        let driver = LaneDriver.ready(limits: limits)
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        return driver
    }

    /// What the lane tells the store within the next moments.
    private func recorded(_ driver: LaneDriver) -> [PublicationRecord] {
        var recorded: [PublicationRecord] = []
        for _ in 0..<3 {
            driver.uptime += .milliseconds(20)
            driver.tell(.ticked)
            guard let order = driver.takeOrder() else { continue }
            recorded += order.recording
            driver.commit(order)
        }
        return recorded
    }

    @Test("within the hold it goes out, and is to be written before the hold ends")
    func inTime() throws {
        let driver = try holding([outboxMessage("m1"), outboxMessage("m2", ordinal: 1)])
        driver.uptime += lease - margin - .microseconds(1)
        driver.openPublisher(epoch: 2)
        let burst = try #require(driver.takeBurst())
        #expect(burst.publications.map(\.name) == ["m1", "m2"])
        #expect(burst.before == lease - margin)
    }

    @Test("what an order has cancelled leaves the lane's memory, and the rest goes out")
    func cancelled() throws {
        let driver = try holding([outboxMessage("m1"), outboxMessage("m2", ordinal: 1)])
        driver.deliver("b")
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        var report = StoreReport(dispositions: [.publish([])], unsent: [])
        report.cancelled = [outboxMessage("m1").key]
        driver.tell(.stored(report))
        driver.openPublisher(epoch: 2)
        #expect(driver.takeBurst()?.publications.map(\.name) == ["m2"])
    }

    @Test("the hold that the store tells counts from when the order was given, not from when its answer came")
    func countedFromOrder() throws {
        let driver = LaneDriver.ready()
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.deliver("a")
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        let until = driver.wall + .seconds(5)
        driver.uptime += .seconds(2)
        driver.commit(order, messages: ["a": [outboxMessage("m1", heldUntil: until)]])
        driver.openPublisher(epoch: 2)
        #expect(driver.takeBurst()?.before == .seconds(3))
    }

    @Test("when the hold has ended it is let go, the store is told so, and it does not go out")
    func tooLate() throws {
        let driver = try holding([outboxMessage("m1")])
        driver.uptime += lease - margin
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == nil)
        let record = try #require(recorded(driver).first)
        #expect(record.result == .letGo)
        #expect(record.key == outboxMessage("m1").publicationKey)
        #expect(record.heldUntil == outboxMessage("m1").heldUntil)
    }

    @Test("a hold of its own that it renews is none that ended without a word; another's before it stays known")
    func renewed() throws {
        let driver = LaneDriver.ready()
        driver.tell(.ticked)
        var others = outboxMessage("m2", ordinal: 1)
        others.heldBefore = LaneDriver.start - .seconds(1)
        var messages = [outboxMessage("m1"), others, outboxMessage("m3", ordinal: 2)]
        driver.uptime += driver.lane.limits.dueEvery
        driver.tell(.ticked)
        driver.answerClaim(with: messages)
        #expect(driver.takePublications()?.map(\.name) == ["m1", "m2", "m3"])
        // The broker says nothing for so long that the store gives them out again, to the same lane.
        driver.uptime += lease + .seconds(1)
        driver.tell(.ticked)
        for index in messages.indices {
            messages[index].heldBefore = messages[index].heldUntil
            messages[index].heldUntil = messages[index].heldUntil + lease
        }
        // Another had the last one in between.
        let between = messages[2].heldUntil - .seconds(1)
        messages[2].heldBefore = between
        driver.answerClaim(with: messages)
        driver.tell(.settled(sequence: 3, multiple: true, isAcknowledged: true))
        let records = recorded(driver)
        #expect(records.map(\.result) == [.confirmed, .confirmed, .confirmed])
        #expect(records.map(\.heldUntil) == messages.map(\.heldUntil))
        #expect(records.map(\.heldBefore) == [nil, others.heldBefore, between])
    }

    @Test("it is let go also while the broker stays away")
    func awayForLong() throws {
        let driver = try holding([outboxMessage("m1")])
        driver.uptime += lease
        driver.tell(.ticked)
        #expect(recorded(driver).map(\.result) == [.letGo])
        #expect(driver.lane.isIdle)
    }

    @Test("where the calendar's clock was set ahead, others have it already: it does not go out")
    func clockStepped() throws {
        let driver = try holding([outboxMessage("m1", heldUntil: LaneDriver.start + .seconds(10))])
        driver.step = .seconds(60)
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == nil)
        #expect(recorded(driver).map(\.result) == [.letGo])
    }

    @Test("a clock that was set ahead while the store had the order makes no hold longer")
    func clockSteppedInStore() throws {
        let driver = try holding([outboxMessage("m1", heldUntil: LaneDriver.start + .seconds(7_200))])
        driver.uptime += lease
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == nil)
    }

    @Test("what the broker may have is not told to be let go, although its connection and its hold are gone")
    func maybeOut() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takePublications()?.count == 1)
        driver.uptime += .seconds(1)
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.uptime += lease
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == nil)
        #expect(recorded(driver).isEmpty)
    }

    @Test("what was let go and is claimed again goes out under its new hold")
    func claimedAgain() throws {
        let driver = try holding([outboxMessage("m1")])
        driver.uptime += lease
        driver.tell(.ticked)
        let later = LaneDriver.start + .seconds(100_000)
        let order = try #require(driver.takeOrder())
        #expect(order.recording.map(\.result) == [.letGo])
        driver.openPublisher(epoch: 2)
        // The look that was due with it finds it.
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [outboxMessage("m1", heldUntil: later)])))
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        driver.tell(.ticked)
        let confirmed = [driver.takeOrder(), driver.takeOrder()].compactMap { $0?.recording.first }
        #expect(confirmed.map(\.heldUntil) == [later])
    }
}

@Suite("A lane under the brake")
struct LaneBrakeTests {
    private func committed(_ messages: [OutboxMessage], payoutsArePaused: Bool) throws -> LaneDriver {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        driver.tell(
            .stored(
                StoreReport(dispositions: [.publish(messages)], unsent: [], payoutsArePaused: payoutsArePaused)))
        return driver
    }

    @Test("payouts are let go, and all else goes out")
    func paused() throws {
        let messages = [outboxMessage("m1", .revoke), outboxMessage("m2", .payout, ordinal: 1)]
        let driver = try committed(messages, payoutsArePaused: true)
        let letGo = try #require(driver.takeOrder())
        #expect(letGo.recording.map(\.result) == [.letGo])
        #expect(letGo.recording.map(\.key) == [messages[1].publicationKey])
        driver.commit(letGo)
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
        #expect(driver.lane.takesRequests, "it is not for want of a broker that they wait")
    }

    @Test("a payout that waits in memory when the brake is put on does not go out")
    func pausedLater() throws {
        let driver = try committed([], payoutsArePaused: false)
        driver.tell(.publisherBlocked)
        driver.deliver("b")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["b": [outboxMessage("m1", .payout)]])
        driver.deliver("pause", from: .replies)
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        driver.tell(.stored(StoreReport(dispositions: [.publish([])], unsent: [], payoutsArePaused: true)))
        driver.tell(.publisherUnblocked)
        #expect(driver.takePublications() == nil)
    }

    @Test("a payout goes out only while what is known of the brake is fresh: a lane whose broker was away looks first")
    func looksFirst() throws {
        let driver = try committed([], payoutsArePaused: false)
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.deliver("b")
        driver.catchUp()
        let messages = [outboxMessage("m1", .payout), outboxMessage("m2", .revoke, ordinal: 1)]
        driver.commit(try #require(driver.takeOrder()), messages: ["b": messages])
        driver.uptime += driver.lane.limits.brakeKnownFor
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications()?.map(\.name) == ["m2"])
        #expect(driver.takePublications() == nil)
        #expect(driver.lane.wakeUpAt != .zero, "it waits for the store, and does not spin")
        driver.answerClaim()
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
    }

    @Test("one that may be with the broker does not go out again from memory either")
    func pausedAfterLoss() throws {
        let driver = try committed([outboxMessage("m1", .payout)], payoutsArePaused: false)
        #expect(driver.takePublications()?.count == 1)
        driver.deliver("pause", from: .replies)
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        driver.tell(.stored(StoreReport(dispositions: [.publish([])], unsent: [], payoutsArePaused: true)))
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == nil)
        driver.uptime += .milliseconds(20)
        driver.tell(.ticked)
        #expect(driver.takeOrder()?.recording.isEmpty ?? true, "it may be out")
    }
}
