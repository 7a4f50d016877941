import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("While too much is unsent a lane takes no requests")
struct LaneBacklogTests {
    /// Commits requests until the lane takes no more, and gives how many it took.
    private func fill(_ driver: LaneDriver, most: Int) -> Int {
        for number in 0..<most {
            driver.deliver("request \(number)")
            driver.catchUp()
            guard let order = driver.takeOrder() else { return number }
            let message = outboxMessage("m\(number)", caseNumber: Int64(number + 1))
            driver.commit(order, messages: ["request \(number)": [message]])
        }
        return most
    }

    @Test("with as many in memory as there may be, replies are taken and requests wait, without the lane spinning")
    func memory() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 4, unsentInMemory: 3, dueEvery: .seconds(60)))
        driver.tell(.publisherBlocked)
        #expect(fill(driver, most: 10) == 3)
        #expect(!driver.lane.takesRequests)
        #expect(driver.lane.wakeUpAt.map { $0 > driver.uptime } ?? false)
        driver.deliver("again", redelivered: true)
        driver.deliver("reply", from: .replies)
        driver.deliver("reply again", redelivered: true, from: .replies)
        driver.catchUp()
        var taken: [String?] = []
        while let order = driver.takeOrder() {
            taken += order.deliveries.map(\.messageID)
            driver.commit(order)
        }
        #expect(taken == ["reply again", "reply"])

        driver.tell(.publisherUnblocked)
        #expect(driver.takePublications()?.count == 3)
        driver.tell(.settled(sequence: 3, multiple: true, isAcknowledged: true))
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["again"])
    }

    @Test("after it has let messages go it takes none until the store has no more than a claim gives")
    func behind() throws {
        let driver = LaneDriver.ready()
        driver.tell(.publisherBlocked)
        #expect(fill(driver, most: 1) == 1)
        driver.uptime += OutboxMessage.publisherHeadStart
        driver.tell(.ticked)
        #expect(!driver.lane.takesRequests)
        driver.deliver("later")
        driver.catchUp()
        let records = driver.takeOrder()
        #expect(records?.deliveries.isEmpty ?? true)
        if let records { driver.commit(records) }

        driver.tell(.publisherUnblocked)
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        driver.answerClaim(with: [], moreIsUnsent: true)
        #expect(!driver.lane.takesRequests)
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        driver.answerClaim(with: [], moreIsUnsent: false)
        driver.tell(.ticked)
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["later"])
    }

    @Test("after a stop what was delivered is finished all the same")
    func draining() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(unsentInMemory: 1))
        driver.tell(.publisherBlocked)
        #expect(fill(driver, most: 2) == 1)
        driver.tell(.stop)
        #expect(driver.takeOrder()?.deliveries.count == 1)
    }

    @Test("one queue that settles nothing keeps no other kind of message waiting")
    func hangingQueue() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(firstBurst: 64, inFlightOfOneKind: 2))
        driver.deliver("a")
        driver.catchUp()
        var messages = (0..<5).map { outboxMessage("revoke \($0)", .revoke, ordinal: $0) }
        messages.append(outboxMessage("notice", .decided, ordinal: 5))
        driver.commit(try #require(driver.takeOrder()), messages: ["a": messages])
        #expect(driver.takePublications()?.map(\.name) == ["revoke 0", "revoke 1", "notice"])
        #expect(driver.takePublications() == nil)
        #expect(driver.lane.wakeUpAt != .zero, "it does not spin")
        driver.tell(.settled(sequence: 3, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications() == nil)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["revoke 2"])
        driver.tell(.settled(sequence: 4, multiple: true, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["revoke 3", "revoke 4"])
    }
}
