import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("A lane and the broker's confirms")
struct LaneConfirmTests {
    /// A lane that has published `count` messages, each for a delivery of its own.
    private func published(_ count: Int, limits: LaneLimits = LaneLimits()) throws -> (LaneDriver, [DeliveryTag]) {
        let driver = LaneDriver.ready(limits: limits)
        var messages: [String: [OutboxMessage]] = [:]
        let tags = (1...count).map { number in
            messages["\(number)"] = [outboxMessage("m\(number)", caseNumber: Int64(number))]
            return driver.deliver("\(number)")
        }
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: messages)
        #expect(driver.takePublications()?.count == count)
        return (driver, tags)
    }

    @Test("a multiple confirm settles all up to it, and deliveries have long been acknowledged")
    func multiple() throws {
        let (driver, tags) = try published(3)
        #expect(driver.takeAcknowledgement() == Acknowledgement(tags[2], true))
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        driver.tell(.settled(sequence: 3, multiple: false, isAcknowledged: true))
        let order = try #require(driver.takeOrder())
        #expect(order.recording.map(\.result) == [.confirmed, .confirmed, .confirmed])
        #expect(order.recording.map(\.heldUntil) == Array(repeating: LaneDriver.start + .seconds(86_400), count: 3))
        driver.commit(order)
        #expect(driver.takeAcknowledgement() == nil)
        #expect(driver.lane.isIdle)
    }

    @Test("whoever watches is told of each settlement once, with how long it took")
    func settlements() throws {
        let (driver, _) = try published(3)
        driver.uptime += .milliseconds(40)
        driver.tell(.returned(messageID: "m2", isDeadLetter: false, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        let first = try #require(driver.takeSettlements())
        #expect(first.map(\.result) == [.confirmed, .returned])
        #expect(first.map(\.took) == [.milliseconds(40), .milliseconds(40)])
        #expect(first.map(\.type) == [.revoke, .revoke])
        driver.uptime += .milliseconds(10)
        driver.tell(.settled(sequence: 3, multiple: true, isAcknowledged: false))
        let second = try #require(driver.takeSettlements())
        #expect(second.map(\.result) == [.refused])
        #expect(second.map(\.took) == [.milliseconds(50)])
        driver.tell(.settled(sequence: 3, multiple: true, isAcknowledged: true))
        #expect(driver.takeSettlements() == nil)
    }

    @Test("a return counts, although the broker acknowledges afterwards")
    func returned() throws {
        let (driver, _) = try published(2)
        driver.tell(.returned(messageID: "m1", isDeadLetter: false, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        let order = try #require(driver.takeOrder())
        guard case .failed(let reason, _, let mayBeOut) = order.recording.first?.result else {
            return #expect(Bool(false), "the returned message must be recorded as failed")
        }
        #expect(reason == "312 NO_ROUTE")
        #expect(!mayBeOut, "no queue has it")
        #expect(order.recording.last?.result == .confirmed)
        driver.commit(order)
        #expect(driver.lane.isIdle, "the store will try it again")
    }

    /// Found by the simulator (seed 24442): the oldest open dead letter was taken for the returned one, and the returned
    /// one for confirmed, so that it was acknowledged and lost.
    @Test("where several dead letters are open, a return lets none of them pass for confirmed")
    func returnedDeadLetter() throws {
        let driver = LaneDriver.ready()
        let tags = ["a", "b"].map { driver.deliver($0) }
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        let letter = DeadLetter(reason: .unknownType, source: .requests, at: Instant(microsecondsSinceEpoch: 0))
        driver.tell(.stored(StoreReport(dispositions: [.deadLetter(letter), .deadLetter(letter)], unsent: [])))
        #expect(driver.takePublications()?.count == 2)
        // The second is returned while the first one's confirm is late.
        driver.tell(.returned(messageID: "b", isDeadLetter: true, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 2, multiple: false, isAcknowledged: true))
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeAcknowledgement() == nil)
        let order = try #require(driver.takeOrder())
        #expect(order.keeping.map(\.delivery.tag) == [tags[1]], "the store is to keep it")
        var report = StoreReport(dispositions: [], unsent: [])
        report.keptLetters = 1
        driver.tell(.stored(report))
        let rest = try #require(driver.takeOrder())
        #expect(rest.keeping.map(\.delivery.tag) == [tags[0]])
        driver.tell(.stored(report))
        #expect(driver.takeAcknowledgement() == Acknowledgement(tags[1], true))
    }

    @Test("a return says nothing of what went out by the connection before")
    func returnedLater() throws {
        let (driver, _) = try published(1)
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications()?.count == 1)
        driver.tell(.returned(messageID: "m1", isDeadLetter: false, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        guard case .failed(_, _, let mayBeOut) = driver.takeOrder()?.recording.first?.result else {
            return #expect(Bool(false), "the returned message must be recorded as failed")
        }
        #expect(mayBeOut)
    }

    @Test("a refusal is recorded as a failure that is due again later")
    func refused() throws {
        let (driver, _) = try published(1)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: false))
        let record = try #require(driver.takeOrder()?.recording.first)
        guard case .failed(_, let nextAttemptAt, let mayBeOut) = record.result else {
            return #expect(Bool(false), "a nack must be recorded as failed")
        }
        #expect(mayBeOut, "some queue may have it all the same")
        #expect(nextAttemptAt == record.at + LaneLimits().republishAfter)
    }

    @Test("a confirm that came before counts once, and one from nowhere not at all")
    func strange() throws {
        let (driver, _) = try published(1)
        driver.tell(.settled(sequence: 7, multiple: true, isAcknowledged: true))
        #expect(driver.takeOrder() == nil)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeOrder()?.recording.count == 1)
    }

    @Test("while the broker is blocked nothing is published")
    func blocked() throws {
        let driver = LaneDriver.ready()
        driver.tell(.publisherBlocked)
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takePublications() == nil)
        driver.tell(.publisherUnblocked)
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
    }

    @Test("a burst is short, and what is at the broker is bounded")
    func bounds() throws {
        let limits = LaneLimits(burst: 2, publicationsInFlight: 3)
        let driver = LaneDriver.ready(limits: limits)
        driver.deliver("a")
        driver.catchUp()
        let messages = (1...4).map { outboxMessage("m\($0)", ordinal: $0) }
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        #expect(driver.takePublications()?.map(\.name) == ["m1", "m2"])
        #expect(driver.lane.wakeUpAt == .zero, "there is more to publish at once")
        #expect(driver.takeAcknowledgement() != nil)
        driver.catchUp()
        #expect(driver.actions.isEmpty, "the broker has not been listened to since")
        #expect(driver.takePublications()?.map(\.name) == ["m3"])
        #expect(driver.takePublications() == nil, "three are on their way")
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        driver.tell(.ticked)
        #expect(driver.takePublications()?.map(\.name) == ["m4"])
    }

    /// In an alarm the broker reads nothing more of a connection that publishes: what does not fit in the socket's buffers
    /// keeps the thread waiting, and with it the heartbeats of the other connections.
    @Test("a new connection publishes little until the broker has settled something of it")
    func firstBurst() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(burst: 4, firstBurst: 2))
        driver.deliver("a")
        driver.catchUp()
        let messages = (1...9).map { outboxMessage("m\($0)", ordinal: $0) }
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        #expect(driver.takePublications()?.map(\.name) == ["m1", "m2"])
        driver.tell(.ticked)
        #expect(driver.takePublications() == nil)
        #expect(driver.lane.wakeUpAt != .zero, "it waits for the broker, and does not spin")
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["m3", "m4", "m5", "m6"])

        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.uptime += .seconds(5)
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications()?.map(\.name) == ["m2"], "the next connection begins with little again")
        driver.tell(.publisherBlocked)
        driver.tell(.ticked)
        #expect(driver.takePublications() == nil)
        driver.tell(.publisherUnblocked)
        driver.tell(.settled(sequence: 1, multiple: true, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["m3", "m4", "m5", "m6"])
    }

    @Test("a first connection that hears nothing publishes more after a second: only a queue is slow")
    func slowQueue() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(burst: 4, firstBurst: 2))
        driver.deliver("a")
        driver.catchUp()
        let messages = (1...9).map { outboxMessage("m\($0)", ordinal: $0) }
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        #expect(driver.takePublications()?.count == 2)
        driver.tell(.ticked)
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        #expect(driver.takePublications()?.count == 4)
    }
}
