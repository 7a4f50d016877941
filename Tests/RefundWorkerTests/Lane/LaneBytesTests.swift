import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("A lane bounds what it holds by bytes")
struct LaneBytesTests {
    private func body(_ size: Int) -> InboundDelivery.Body { .whole([UInt8](repeating: 0x20, count: size)) }

    @Test("a batch takes as much as fits, and at least one of each queue")
    func batch() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(bytes: LaneBytes(batch: 100)))
        for (name, size) in [("a", 500), ("b", 60), ("c", 40), ("d", 1)] { driver.deliver(name, body: body(size)) }
        driver.deliver("r", from: .replies, body: body(90))
        driver.catchUp()
        for expected in [["r", "a"], ["b", "c"], ["d"]] {
            let order = try #require(driver.takeOrder())
            #expect(order.deliveries.map(\.messageID) == expected)
            driver.commit(order)
        }
    }

    /// Of both queues, of a batch, of what it loads for deliveries, deadlines and parked messages, and of what goes out.
    private func most(of lanes: Int) -> Int {
        let bytes = LaneBytes(sharedBy: lanes)
        return lanes * (2 * bytes.held + bytes.batch + 3 * bytes.loaded + bytes.unsent)
    }

    @Test("up to eight lanes share 64 MiB, and each further one has 8 MiB", arguments: 1...64)
    func shares(lanes: Int) {
        #expect(most(of: lanes) <= max(8, lanes) * (8 << 20))
        let bytes = LaneBytes(sharedBy: lanes)
        // A body of 1 MiB, the largest that the broker hands over, is read all the same.
        #expect(bytes.held >= 2 << 20 && bytes.unsent >= 2 << 20)
    }

    @Test("what the store had no room for comes again, before what came after it")
    func later() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 3))
        let tags = ["a", "b", "c", "d"].map { driver.deliver($0, from: .replies) }
        driver.catchUp()
        let first = try #require(driver.takeOrder())
        #expect(first.deliveries.map(\.messageID) == ["a", "b", "c"])
        driver.tell(.stored(StoreReport(dispositions: [.publish([]), .later, .later], unsent: [])))
        #expect(driver.takeAcknowledgement() == Acknowledgement(tags[0], false))
        #expect(driver.takeAcknowledgement() == nil)
        let second = try #require(driver.takeOrder())
        #expect(second.deliveries.map(\.messageID) == ["b", "c", "d"])
        driver.commit(second)
        #expect(driver.takeAcknowledgement() == Acknowledgement(tags[3], true))
    }

    @Test("messages that have no room stay with the store, which is told so; they are fetched once there is room")
    func unsent() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(bytes: LaneBytes(unsent: 1_200)))
        driver.deliver("a", from: .replies)
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        let messages = (0..<4).map { outboxMessage("m\($0)", .settled, ordinal: $0) }
        driver.commit(order, messages: ["a": messages])
        #expect(!driver.lane.takesRequests)
        #expect(driver.takePublications()?.map(\.name) == ["m0", "m1"])
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        let told = try #require(driver.takeOrder())
        #expect(told.recording.map(\.key) == messages[2...].map(\.publicationKey))
        #expect(told.recording.allSatisfy { $0.result == .letGo })
        #expect(!told.actsOnDue, "no room to fetch any")
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [])))
        driver.tell(.settled(sequence: 2, multiple: true, isAcknowledged: true))
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        let confirmed = try #require(driver.takeOrder())
        driver.tell(.stored(StoreReport(dispositions: [], unsent: [])))
        #expect(confirmed.recording.map(\.result) == [.confirmed, .confirmed])
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        #expect(driver.takeOrder()?.actsOnDue == true)
    }
}
