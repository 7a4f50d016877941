import RefundWorker
import Testing

@Suite("A lane keeps the order: commit, acknowledge; publish, confirm, record")
struct LaneOrderTests {
    @Test("a lone message is committed as soon as the queue is empty")
    func loneMessage() {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        #expect(driver.takeOrder() == nil, "more may be on its way")
        driver.catchUp()
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["a"])
    }

    @Test("each step waits for the one before it")
    func steps() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("a")
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        #expect(driver.actions.isEmpty, "nothing is published or acknowledged before the commit")

        driver.commit(order, messages: ["a": [outboxMessage("m1", ordinal: 0), outboxMessage("m2", ordinal: 1)]])
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false), "the store has what follows")
        #expect(driver.actions.isEmpty, "the broker has not been listened to")
        #expect(driver.takePublications()?.map(\.name) == ["m1", "m2"])

        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.actions.isEmpty, "confirms of one moment are recorded together")
        driver.tell(.settled(sequence: 2, multiple: false, isAcknowledged: true))
        let recording = try #require(driver.takeOrder())
        #expect(recording.recording.map(\.result) == [.confirmed, .confirmed])
        #expect(!driver.lane.isIdle)
        driver.commit(recording)
        #expect(driver.lane.isIdle)
    }

    @Test("a message that needs nothing published is acknowledged after its commit")
    func nothingToPublish() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false))
    }

    @Test("while the store is busy deliveries collect for one batch")
    func collecting() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        let first = try #require(driver.takeOrder())
        for name in ["b", "c", "d"] { driver.deliver(name) }
        driver.catchUp()
        #expect(driver.takeOrder() == nil, "one order is with the store at a time")
        driver.commit(first)
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["b", "c", "d"])
    }

    @Test(
        "many replies have the batch to themselves but for a few places; a few share it with as many requests as fit")
    func manyReplies() {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 32))
        driver.deliver("first")
        driver.catchUp()
        let order = driver.takeOrder()
        for number in 0..<40 { driver.deliver("request \(number)") }
        for number in 0..<40 { driver.deliver("reply \(number)", from: .replies) }
        if let order { driver.commit(order) }
        let many = driver.takeOrder()?.deliveries ?? []
        #expect(many.filter { $0.source == .replies }.count == 31)
        #expect(many.filter { $0.source == .requests }.map(\.messageID) == ["request 0"])
        driver.commit(StoreOrder(recording: [], deliveries: many, actsOnDue: false))
        let mixed = driver.takeOrder()?.deliveries ?? []
        #expect(mixed.filter { $0.source == .replies }.count == 9)
        #expect(mixed.count == 10, "nine replies are more than a quarter")
        driver.uptime += .milliseconds(250)
        driver.commit(StoreOrder(recording: [], deliveries: mixed, actsOnDue: false))
        driver.deliver("late", from: .replies)
        let few = driver.takeOrder()?.deliveries ?? []
        #expect(few.count == 32)
    }

    @Test("while more replies are under way than a batch holds, few that have come are not kept waiting by requests")
    func repliesFlow() {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 8))
        for number in 0..<10 { driver.deliver("reply \(number)", from: .replies) }
        for number in 0..<8 { driver.deliver("request \(number)") }
        let first = driver.takeOrder()?.deliveries ?? []
        #expect(first.map(\.source) == Array(repeating: .replies, count: 8))
        driver.commit(StoreOrder(recording: [], deliveries: first, actsOnDue: false))
        let second = driver.takeOrder()?.deliveries ?? []
        #expect(second.map(\.messageID) == ["reply 8", "reply 9", "request 0"])
        driver.commit(StoreOrder(recording: [], deliveries: second, actsOnDue: false))
        driver.catchUp()
        let third = driver.takeOrder()?.deliveries ?? []
        #expect(third.count == 1, "few may be a gap: a whole batch of requests would keep the next replies waiting")
        driver.uptime += .milliseconds(250)
        driver.commit(StoreOrder(recording: [], deliveries: third, actsOnDue: false))
        #expect(driver.takeOrder()?.deliveries.count == 6, "once few are left, requests have the batch")
    }

    @Test("nor do requests stand still then, with batches of one")
    func repliesFlowAlone() {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 1))
        for number in 0..<2 { driver.deliver("reply \(number)", from: .replies) }
        driver.deliver("request")
        for number in 0..<2 {
            let order = driver.takeOrder()?.deliveries ?? []
            #expect(order.map(\.messageID) == ["reply \(number)"])
            driver.commit(StoreOrder(recording: [], deliveries: order, actsOnDue: false))
        }
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["request"])
    }

    @Test("replies are acknowledged together although a request that came before them waits for its dead letter")
    func acknowledgedTogether() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 64))
        let request = driver.deliver("request")
        driver.catchUp()
        driver.bury(try #require(driver.takeOrder()))
        driver.tell(.ticked)
        for number in 0..<3 { driver.deliver("reply \(number)", from: .replies) }
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()))
        #expect(driver.takeAcknowledgement() == Acknowledgement(DeliveryTag(epoch: 1_001, number: 3), true))
        #expect(driver.takeAcknowledgement() == nil)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeAcknowledgement() == Acknowledgement(request, false))
    }

    @Test("what has finished behind an unfinished delivery is acknowledged one by one before it holds back others")
    func finishedApart() throws {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 8))
        driver.deliver("slow")
        driver.catchUp()
        driver.bury(try #require(driver.takeOrder()))
        driver.tell(.ticked)
        var tags: [DeliveryTag] = []
        for number in 0..<6 {
            tags.append(driver.deliver("quick \(number)"))
            driver.catchUp()
            driver.commit(try #require(driver.takeOrder()))
            if number < 4 { #expect(driver.takeAcknowledgement() == nil) }
        }
        for tag in tags.prefix(5) { #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false)) }
        #expect(driver.takeAcknowledgement() == nil)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        // Both that are left, and nothing twice: the broker would close the channel over an unknown tag.
        #expect(driver.takeAcknowledgement() == Acknowledgement(tags[5], true))
        #expect(driver.takeAcknowledgement() == nil)
        #expect(driver.lane.isIdle)
    }

    @Test("a batch closes when it is full, although more is coming")
    func fullBatch() {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 2))
        driver.deliver("a")
        driver.deliver("b")
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["a", "b"])
    }

    @Test("a batch lingers for company when it is told to, and not longer")
    func linger() {
        let driver = LaneDriver.ready(limits: LaneLimits(linger: .milliseconds(5)))
        driver.deliver("a")
        driver.catchUp()
        #expect(driver.takeOrder() == nil)
        #expect(driver.lane.wakeUpAt == .milliseconds(5))
        driver.uptime = .milliseconds(5)
        driver.tell(.ticked)
        #expect(driver.takeOrder()?.deliveries.count == 1)
    }

    @Test("replies go before requests")
    func repliesFirst() {
        let driver = LaneDriver.ready(limits: LaneLimits(batch: 2))
        driver.openPublisher(epoch: 2)
        driver.deliver("request 1")
        driver.deliver("reply", from: .replies)
        #expect(driver.takeOrder()?.deliveries.map(\.messageID) == ["reply", "request 1"])
    }

    @Test("replies take turns with a line of redelivered requests")
    func repliesBetweenRedelivered() {
        let driver = LaneDriver.ready()
        driver.deliver("first")
        driver.catchUp()
        let order = driver.takeOrder()
        for number in 0..<3 { driver.deliver("again \(number)", redelivered: true) }
        driver.deliver("reply", from: .replies)
        if let order { driver.commit(order) }
        driver.catchUp()
        var batches: [[String?]] = []
        while let next = driver.takeOrder(), !next.deliveries.isEmpty {
            batches.append(next.deliveries.map(\.messageID))
            driver.commit(next)
        }
        #expect(batches == [["again 0"], ["reply"], ["again 1"], ["again 2"]])
    }

    @Test("replies that come back are taken before newer ones: their order decides")
    func repliesThatComeBack() {
        let driver = LaneDriver.ready()
        driver.deliver("first")
        driver.catchUp()
        let order = driver.takeOrder()
        for number in 1...2 { driver.deliver("back \(number)", redelivered: true, from: .replies) }
        for number in 1...2 { driver.deliver("new \(number)", from: .replies) }
        if let order { driver.commit(order) }
        driver.catchUp()
        var batches: [[String?]] = []
        while let next = driver.takeOrder(), !next.deliveries.isEmpty {
            batches.append(next.deliveries.map(\.messageID))
            driver.commit(next)
        }
        #expect(batches == [["back 1"], ["back 2"], ["new 1", "new 2"]])
    }

    @Test("what was delivered before is processed alone")
    func redelivered() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a", redelivered: true)
        driver.deliver("b", redelivered: true)
        driver.deliver("c")
        driver.deliver("d")
        driver.catchUp()
        var batches: [[String?]] = []
        while let order = driver.takeOrder() {
            batches.append(order.deliveries.map(\.messageID))
            driver.commit(order)
        }
        #expect(batches == [["a"], ["b"], ["c", "d"]])
    }

    @Test("confirms travel with the next batch's commit")
    func recordsTravel() throws {
        let driver = LaneDriver.ready()
        driver.deliver("a")
        driver.catchUp()
        driver.commit(try #require(driver.takeOrder()), messages: ["a": [outboxMessage("m1")]])
        driver.tell(.ticked)
        driver.deliver("b")
        driver.catchUp()
        let second = try #require(driver.takeOrder())
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takeOrder() == nil)
        driver.deliver("c")
        driver.catchUp()
        driver.commit(second)
        let third = try #require(driver.takeOrder())
        #expect(third.recording.count == 1)
        #expect(third.deliveries.map(\.messageID) == ["c"])
    }
}
