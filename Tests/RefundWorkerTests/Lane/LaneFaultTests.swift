import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("A lane when something breaks")
struct LaneFaultTests {
    @Test("a lost publisher: the same messages go out again, in order, on the next connection")
    func publisherLost() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("a")
        driver.catchUp()
        let messages = [outboxMessage("m1", ordinal: 0), outboxMessage("m2", ordinal: 1)]
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false), "the store has what follows")
        let first = try #require(driver.takePublications())
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications() == [first[1]], "the confirmed one is not sent again")
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        var recorded = 0
        while let order = driver.takeOrder() {
            recorded += order.recording.count
            driver.commit(order)
        }
        #expect(recorded == 2)
    }

    @Test("a loss that is told late, of an older connection, changes nothing")
    func staleLoss() throws {
        let driver = LaneDriver.ready()
        driver.openPublisher(epoch: 2)
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takePublications()?.count == 1)
    }

    @Test("a lost consumer: nothing of it is ever acknowledged, and what was committed is still published")
    func consumerLost() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.deliver("b")
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        driver.tell(.consumerLost(epoch: 1))
        driver.openConsumer(epoch: 2)
        driver.commit(order, messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takeAcknowledgement() == nil)
        let again = driver.deliver("a", redelivered: true)
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takeAcknowledgement() == Acknowledgement(again, false))
    }

    @Test("a lost consumer takes along what came by it, and nothing that came by the other")
    func otherConsumerLost() throws {
        let driver = LaneDriver.ready()
        driver.deliver("reply", from: .replies)
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        let request = driver.deliver("request")
        driver.deliver("lost", from: .replies)
        driver.tell(.consumerLost(epoch: 1_001))
        driver.commit(order)
        driver.catchUp()
        let next = try #require(driver.takeOrder())
        #expect(next.deliveries.map(\.messageID) == ["request"])
        driver.commit(next)
        #expect(driver.takeAcknowledgement() == Acknowledgement(request, false))
        #expect(driver.takeAcknowledgement() == nil)
    }

    @Test(
        "a message that is on its way and found unsent in the store is not sent twice, and its latest hold ends with it"
    )
    func foundInFlight() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takePublications()?.count == 1)
        driver.uptime += .seconds(11)
        driver.tell(.ticked)
        let later = LaneDriver.start + .seconds(90_000)
        driver.answerClaim(with: [outboxMessage("m1", heldUntil: later)])
        #expect(driver.takePublications() == nil)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        let record = try #require(driver.takeOrder()?.recording.first)
        #expect(record.result == .confirmed)
        #expect(record.heldUntil == later)
    }

    @Test("a busy store is asked the very same again, after growing waits")
    func storeBusy() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        let busy = StoreError(.busy, operation: "commit", problem: "locked", remedy: "wait")
        for wait in [50, 100, 200, 400] {
            driver.tell(.storeFailed(busy))
            #expect(driver.takeOrder() == nil)
            let due = driver.uptime + .milliseconds(wait)
            #expect(driver.lane.wakeUpAt == due)
            driver.uptime = due
            driver.deliver("later")
            let again = driver.takeOrder()
            #expect(again?.deliveries.map(\.tag) == order.deliveries.map(\.tag))
            #expect(again?.recording == order.recording)
            #expect(again?.deliveries.allSatisfy(\.isRedelivered) == true, "the first try may have been committed")
        }
        driver.commit(order)
        driver.answerClaim()
        driver.catchUp()
        #expect(driver.takeOrder()?.deliveries.count == 4)
    }

    @Test("a store that turns out to be of another version is no message's fault: messages wait")
    func storeIncompatible() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.deliver("b")
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        driver.tell(.storeFailed(StoreError(.incompatible, operation: "open", problem: "newer", remedy: "upgrade")))
        driver.uptime += .milliseconds(50)
        driver.tell(.ticked)
        let again = driver.takeOrder()
        #expect(again?.deliveries.map(\.tag) == order.deliveries.map(\.tag))
        #expect(again?.refusal == nil)
    }

    @Test("unsent messages are fetched only as long as not too many of them wait to be published")
    func claimsWithinLimits() throws {
        var limits = LaneLimits()
        limits.publicationsInFlight = 2
        let driver = LaneDriver(limits: limits)
        driver.openPublisher(epoch: 1)
        driver.openConsumer(epoch: 1)
        driver.answerClaim(with: (0..<5).map { outboxMessage("m\($0)", ordinal: $0) })
        #expect(driver.takePublications()?.count == 2)
        driver.uptime += limits.dueEvery
        driver.tell(.ticked)
        #expect(driver.takeOrder() == nil, "three wait as it is")
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        #expect(driver.takePublications()?.count == 2)
        if let recording = driver.takeOrder() { driver.commit(recording) }
        driver.uptime += limits.dueEvery
        driver.tell(.ticked)
        #expect(driver.takeOrder()?.actsOnDue == true)
    }

    @Test(
        "what the store refuses together is tried alone, what it refuses alone is parked, and at the worst it is dead")
    func storeRefuses() throws {
        let driver = LaneDriver.ready()
        driver.deliver("good")
        driver.deliver("poison")
        driver.catchUp()
        let refused = StoreError(.refused, operation: "commit", problem: "too many", remedy: "none")
        _ = try #require(driver.takeOrder())
        driver.tell(.storeFailed(refused))
        let first = try #require(driver.takeOrder())
        #expect(first.deliveries.map(\.messageID) == ["good"])
        driver.commit(first)
        let second = try #require(driver.takeOrder())
        #expect(second.deliveries.map(\.messageID) == ["poison"])
        #expect(second.refusal == nil)
        driver.tell(.storeFailed(refused))
        let parking = try #require(driver.takeOrder())
        #expect(parking.deliveries.map(\.messageID) == ["poison"])
        #expect(parking.refusal == refused)
        #expect(driver.takePublications() == nil)
        driver.tell(.storeFailed(refused))
        #expect(driver.takePublications()?.map(\.name) == ["dead 2 unprocessable"])
    }

    @Test("what is due and can't be written blocks no delivery, is held against none, and is looked at again alone")
    func lookRefused() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 1))
        let refused = StoreError(.refused, operation: "write", problem: "too many", remedy: "none")
        driver.uptime = .seconds(1)
        driver.deliver("innocent")
        driver.catchUp()
        let both = try #require(driver.takeOrder())
        #expect(both.actsOnDue && both.deliveries.count == 1)
        driver.tell(.storeFailed(refused))
        let alone = try #require(driver.takeOrder())
        #expect(alone.deliveries.map(\.messageID) == ["innocent"])
        #expect(!alone.actsOnDue && alone.refusal == nil)
        driver.commit(alone)
        #expect(driver.takeAcknowledgement() != nil)

        driver.uptime += driver.lane.limits.storeRetryCap
        driver.deliver("next")
        driver.catchUp()
        let look = try #require(driver.takeOrder())
        #expect(look.actsOnDue && look.deliveries.isEmpty)
        driver.tell(.storeFailed(refused))
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["next"])
    }

    @Test("what was parked is acknowledged")
    func parked() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("odd")
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        driver.tell(.storeFailed(StoreError(.refused, operation: "commit", problem: "too many", remedy: "none")))
        let parking = try #require(driver.takeOrder())
        driver.commit(parking)
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false))
        driver.catchUp()
        #expect(driver.takeOrder()?.refusal == nil)
    }

    @Test(
        "the dead letter of a parked message is published once, recorded once the broker has it, and held by no delivery"
    )
    func parkedGivenUp() throws {
        let driver = LaneDriver.ready()
        driver.uptime = .seconds(1)
        driver.tell(.ticked)
        let look = try #require(driver.takeOrder())
        #expect(look.actsOnDue)
        let letter = parkedDeadLetter(7)
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [], deadLetters: [letter, letter])))
        #expect(driver.takePublications()?.map(\.name) == ["parked 7 unknown_request"])
        // Lost with its connection: the same goes out again.
        driver.tell(.publisherLost(epoch: 1, refusal: nil))
        driver.openConsumer(epoch: 2)
        driver.openPublisher(epoch: 2)
        #expect(driver.takePublications()?.map(\.name) == ["parked 7 unknown_request"])
        driver.tell(.returned(messageID: nil, isDeadLetter: true, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        let failed = try #require(driver.takeOrder()).recording
        #expect(failed.map(\.key) == [.deadLetter(ParkedID(7))])
        #expect(failed.allSatisfy { if case .failed = $0.result { true } else { false } })
        // The store gives it out again when its time has come.
        driver.uptime += .seconds(5)
        driver.tell(.ticked)
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [], deadLetters: [letter])))
        #expect(driver.takePublications()?.count == 1)
        driver.answerClaim()
        driver.tell(.settled(sequence: 2, multiple: false, isAcknowledged: true))
        let record = try #require(driver.takeOrder()).recording
        #expect(record.map(\.result) == [.confirmed])
    }

    @Test("a dead letter is acknowledged once the broker has it, and tried again until then")
    func deadLetter() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("bad")
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        let deadLetter = DeadLetter(reason: .unknownType, source: .requests, at: Instant(microsecondsSinceEpoch: 0))
        driver.tell(.stored(StoreReport(dispositions: [.deadLetter(deadLetter)], unsent: [])))
        #expect(driver.takePublications()?.map(\.name) == ["dead 1 unknown_type"])
        driver.tell(.returned(messageID: "bad", isDeadLetter: true, reason: "312 NO_ROUTE"))
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeAcknowledgement() == nil)
        #expect(driver.takePublications() == nil)
        // The store has no room for it.
        #expect(driver.takeOrder()?.keeping.map(\.delivery.tag) == [tag])
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [])))
        #expect(driver.takeAcknowledgement() == nil)
        driver.uptime += LaneLimits().republishAfter
        driver.tell(.ticked)
        #expect(driver.takePublications()?.map(\.name) == ["dead 1 unknown_type"])
        driver.tell(.settled(sequence: 2, multiple: false, isAcknowledged: true))
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false))
    }

    @Test("a body too large to hold is given back, and its tag is never acknowledged")
    func tooLarge() throws {
        let driver = LaneDriver.ready()
        let huge = driver.deliver("huge", body: .tooLarge(size: 1 << 30))
        let small = driver.deliver("small")
        driver.catchUp()
        _ = try #require(driver.takeOrder())
        let deadLetter = DeadLetter(
            reason: .tooLarge(size: 1 << 30, limit: 1), source: .requests, at: Instant(microsecondsSinceEpoch: 0))
        driver.tell(.stored(StoreReport(dispositions: [.deadLetter(deadLetter), .publish([])], unsent: [])))
        #expect(driver.takeRejection() == huge)
        #expect(driver.takeAcknowledgement() == Acknowledgement(small, false))
    }

    @Test("messages left unsent are taken from the store and published once")
    func unsent() throws {
        let driver = LaneDriver()
        driver.openPublisher(epoch: 1)
        let message = outboxMessage("m1")
        driver.answerClaim(with: [message])
        #expect(driver.takePublications()?.map(\.name) == ["m1"])
        driver.uptime += LaneLimits().dueEvery
        driver.tell(.ticked)
        driver.answerClaim(with: [message])
        #expect(driver.takePublications() == nil, "it is on its way")
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeOrder()?.recording.count == 1)
    }

    @Test("without a publisher nothing is taken from the store to be published")
    func noPublisher() {
        let driver = LaneDriver()
        driver.tell(.ticked)
        #expect(driver.takeOrder() == nil)
    }

    @Test("after a stop what was delivered is finished, and nothing else")
    func stop() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("a")
        driver.tell(.stop)
        #expect(driver.takesCancel())
        #expect(!driver.takesFinished())
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false))
        #expect(driver.takePublications()?.count == 1)
        #expect(!driver.takesFinished())
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takesFinished())
        driver.tell(.stop)
        #expect(driver.actions.isEmpty)
        #expect(driver.lane.wakeUpAt == nil)
    }
}
