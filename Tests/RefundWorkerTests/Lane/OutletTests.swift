import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

@Suite("One kind of message that does not get out, and all others")
struct OutletTests {
    private let words = "the broker closed the channel: 403 ACCESS_REFUSED"

    /// A lane that has published these, each for a delivery of its own, by the epoch 1.
    private func published(_ messages: [OutboxMessage], limits: LaneLimits = LaneLimits()) throws -> LaneDriver {
        let driver = LaneDriver.ready(limits: limits)
        try commit(messages, driver)
        #expect(driver.takePublications()?.count == messages.count)
        return driver
    }

    private func commit(_ messages: [OutboxMessage], _ driver: LaneDriver) throws {
        for message in messages { driver.deliver(message.encoded.id) }
        driver.catchUp()
        let order = try #require(driver.takeOrder())
        driver.commit(
            order, messages: Dictionary(uniqueKeysWithValues: messages.map { ($0.encoded.id, [$0]) }))
    }

    private func notice(_ number: Int64) -> OutboxMessage {
        outboxMessage("n\(number)", .decided, caseNumber: number, ordinal: 1)
    }

    private func revocation(_ number: Int64) -> OutboxMessage {
        outboxMessage("r\(number)", .revoke, caseNumber: number, ordinal: 2)
    }

    private func lose(_ epoch: UInt64, _ driver: LaneDriver, refusal: String? = nil) {
        driver.tell(.publisherLost(epoch: epoch, refusal: refusal))
        driver.openPublisher(epoch: epoch + 1)
    }

    /// Answers what the lane asks of the store, until it asks nothing more; gives what it recorded.
    @discardableResult
    private func answerStore(_ driver: LaneDriver, keeping: Int = .max) -> [PublicationRecord] {
        var records: [PublicationRecord] = []
        driver.tell(.ticked)
        while let order = driver.takeOrder() {
            records += order.recording
            var report = StoreReport(dispositions: order.deliveries.map { _ in .publish([]) }, unsent: [])
            report.keptLetters = min(order.keeping.count, keeping)
            driver.tell(.stored(report))
        }
        return records
    }

    private func troubles(_ driver: LaneDriver) -> [OutletTrouble]? { driver.takeTroubles() }

    @Test("after a channel was closed each kind shows itself with one message, and only the guilty one is left out")
    func guiltyKind() throws {
        let driver = try published([notice(1), revocation(2), notice(3), revocation(4)])
        lose(1, driver, refusal: words)
        #expect(troubles(driver) == nil, "it is not known yet which one it was")
        let first = try #require(driver.takePublications())
        #expect(first.map(\.name) == ["r2"], "what moves access and money comes first")
        #expect(driver.takePublications() == nil, "one alone, so that it shows itself")
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["r4", "n1"])
        lose(2, driver, refusal: words)
        #expect(troubles(driver) == nil, "it was not alone")
        #expect(driver.takePublications()?.map(\.name) == ["r4"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["n1"])
        lose(3, driver, refusal: words)
        let told = try #require(troubles(driver))
        #expect(told == [OutletTrouble(type: .decided, reason: words, tries: 1, pause: .seconds(5))])
        let closedAt = driver.wall
        driver.uptime += .milliseconds(20)
        let records = answerStore(driver)
        let failed = try #require(records.first { $0.key == notice(1).publicationKey })
        guard case .failed(let reason, let nextAttemptAt, _) = failed.result else {
            return #expect(Bool(false), "what closed the channel must be recorded as failed")
        }
        #expect(reason == words)
        #expect(nextAttemptAt == closedAt + .seconds(5))
    }

    /// 60,000 notices that no queue took came back all together, time and again, and kept a core busy.
    @Test("of many that no queue takes each has a turn of its own to come back, after those before it")
    func flood() throws {
        let limits = LaneLimits(batch: 100, outlets: OutletLimits(spread: .milliseconds(100)))
        let driver = LaneDriver.ready(limits: limits)
        var dueAt: [PublicationKey: Instant] = [:]
        var sequence: UInt64 = 0
        for round in 0..<3 {
            try commit((1...100).map { notice(Int64(round * 100 + $0)) }, driver)
            while let burst = driver.takePublications() {
                for publication in burst {
                    sequence += 1
                    driver.tell(.returned(messageID: publication.name, isDeadLetter: false, reason: "312 NO_ROUTE"))
                    driver.tell(.settled(sequence: sequence, multiple: false, isAcknowledged: true))
                }
            }
            driver.uptime += .milliseconds(50)
            for record in answerStore(driver) {
                switch record.result {
                case .failed(_, let nextAttemptAt, _): dueAt[record.key] = nextAttemptAt
                case .letGo: dueAt[record.key] = record.at
                case .confirmed: Issue.record("none was taken")
                }
            }
        }
        #expect(dueAt.count == 300)
        #expect(sequence < 120, "the rest was not even tried")
        let times = dueAt.values.sorted()
        // But for those that came back before their kind was known to be barred.
        let apart = zip(times.dropFirst(10), times.dropFirst(11)).map { $1 - $0 }
        #expect(apart.allSatisfy { $0 >= .milliseconds(99) })
        #expect(times.last.map { $0 - driver.wall > .seconds(28) } == true)
    }

    /// Found by the simulator (seed 6000178): a revocation that the broker had was recorded as unsent, so that its reply was
    /// refused, and money so recorded could be paid twice.
    @Test("what is blamed for a closed channel may be with the broker all the same")
    func mayBeOut() throws {
        let driver = try published([revocation(1)])
        lose(1, driver, refusal: words)
        let record = try #require(answerStore(driver).first)
        guard case .failed(_, _, let mayBeOut) = record.result else {
            return #expect(Bool(false), "what closed the channel must be recorded as failed")
        }
        #expect(mayBeOut)
    }

    @Test("where a suspect was not alone on its way it is not blamed, and all of them show themselves")
    func notAlone() throws {
        let driver = try published([revocation(1), revocation(2)])
        lose(1, driver)
        #expect(driver.takePublications()?.map(\.name) == ["r1"])
        try commit([notice(3)], driver)
        #expect(driver.takePublications()?.map(\.name) == ["n3"])
        lose(2, driver, refusal: words)
        #expect(troubles(driver) == nil)
        #expect(driver.takePublications()?.map(\.name) == ["r1"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["r2", "n3"])
        lose(3, driver, refusal: words)
        #expect(troubles(driver) == nil)
        #expect(driver.takePublications()?.map(\.name) == ["r2"])
        // The second time that a channel is closed while a kind is tried, it is that kind.
        try commit([outboxMessage("s9", .settled, caseNumber: 9, ordinal: 3)], driver)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        let next = try #require(driver.takePublications()).map(\.name)
        #expect(next.contains("n3"))
        lose(4, driver, refusal: words)
        #expect(troubles(driver)?.map(\.type) == [.decided])
    }

    @Test("a kind that keeps the channel open is innocent although its queue says nothing")
    func slowAndInnocent() throws {
        let driver = try published([notice(1), revocation(2), notice(3)])
        lose(1, driver, refusal: words)
        #expect(driver.takePublications()?.map(\.name) == ["r2"])
        driver.uptime += .seconds(1)
        let next = driver.takePublications()?.map(\.name)
        #expect(next == ["n1"], "the broker closes at once or not at all: the next kind shows itself")
        driver.uptime += .seconds(1)
        #expect(driver.takePublications()?.map(\.name) == ["n3"])
    }

    @Test(
        "what is committed for a barred kind waits in the store, due when the next one may be tried, and requests go on"
    )
    func barredInTheStore() throws {
        let driver = try published([notice(1)])
        lose(1, driver, refusal: words)
        answerStore(driver)
        try commit([notice(2), revocation(3)], driver)
        #expect(driver.takePublications()?.map(\.name) == ["r3"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        let records = answerStore(driver)
        let left = try #require(records.first { $0.key == notice(2).publicationKey })
        #expect(left.result == .letGo)
        // The first place is that of the one that was tried.
        #expect(left.at == LaneDriver.start + .seconds(5) + OutletLimits().spread)
        #expect(driver.lane.takesRequests)
    }

    @Test("a barred kind is tried with a single message after growing pauses, and is open once one is confirmed")
    func pauses() throws {
        let driver = try published([notice(1)])
        var epoch: UInt64 = 1
        var pauses: [Duration] = []
        for _ in 1...6 {
            lose(epoch, driver, refusal: words)
            epoch += 1
            let trouble = try #require(troubles(driver)?.first)
            pauses.append(trouble.pause)
            answerStore(driver)
            driver.uptime += trouble.pause
            driver.catchUp()
            driver.tell(.ticked)
            if let look = driver.takeOrder() {
                driver.tell(
                    .stored(
                        StoreReport(
                            dispositions: look.deliveries.map { _ in .publish([]) }, unsent: [notice(1), notice(2)])))
            }
            #expect(driver.takePublications()?.map(\.name) == ["n1"])
            #expect(driver.takePublications() == nil)
        }
        #expect(pauses == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["n2"])
        #expect(troubles(driver) == [])
    }

    @Test("a kind that is refused again and again is left out, and then tried on a new channel")
    func refused() throws {
        let notices = (1...8).map { notice($0) }
        let driver = try published(notices)
        driver.tell(.settled(sequence: 7, multiple: true, isAcknowledged: false))
        #expect(troubles(driver) == nil, "a few are nothing")
        driver.tell(.settled(sequence: 8, multiple: true, isAcknowledged: false))
        #expect(try #require(troubles(driver)).map(\.type) == [.decided])
        answerStore(driver)
        for isLast in [false, true] {
            driver.uptime += .seconds(60)
            driver.tell(.ticked)
            #expect(driver.takesRenewal() == isLast, "RabbitMQ keeps some refusals for as long as a channel lives")
            if isLast { lose(1, driver) }
            let look = try #require(driver.takeOrder())
            driver.tell(.stored(StoreReport(dispositions: look.deliveries.map { _ in .publish([]) }, unsent: notices)))
            #expect(driver.takePublications()?.count == 1)
            driver.tell(.settled(sequence: isLast ? 1 : 9, multiple: false, isAcknowledged: isLast))
            if !isLast { answerStore(driver) }
        }
        #expect(driver.takePublications()?.count == 7)
        #expect(troubles(driver) == [])
    }

    /// A quorum queue without a majority keeps the whole channel waiting.
    @Test("where the broker says nothing, each kind shows itself on a new channel, and the silent one is left out")
    func silent() throws {
        let messages = [revocation(2), notice(1), notice(3), revocation(4)]
        let driver = try published(messages)
        driver.uptime += .seconds(20)
        driver.tell(.ticked)
        #expect(driver.takesRenewal())
        lose(1, driver)
        // Their holds are over: the store gives them out anew.
        driver.tell(.ticked)
        driver.answerClaim(with: messages)
        #expect(driver.takePublications()?.map(\.name) == ["r2"])
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        // While one is out that may keep the channel, others follow.
        #expect(driver.takePublications()?.map(\.name) == ["r4", "n1"])
        driver.tell(.settled(sequence: 2, multiple: false, isAcknowledged: true))
        answerStore(driver)
        driver.uptime += .seconds(2)
        driver.tell(.ticked)
        #expect(driver.takesRenewal(), "nothing else gets through meanwhile")
        let trouble = try #require(troubles(driver)?.first)
        #expect(
            trouble
                == OutletTrouble(
                    type: .decided, reason: "the broker says nothing about it", tries: 1, pause: .seconds(5)))
        lose(2, driver)
        answerStore(driver)
        try commit([notice(5), revocation(6)], driver)
        #expect(driver.takePublications()?.map(\.name) == ["r6"])
        #expect(driver.lane.takesRequests)
    }

    /// Found by the simulator (seed 5000002).
    @Test("in the broker's alarm nothing is held against a kind, and the lane sleeps")
    func alarm() throws {
        let driver = try published([notice(1), revocation(2)])
        lose(1, driver)
        #expect(driver.takePublications()?.map(\.name) == ["r2"])
        driver.tell(.publisherBlocked)
        driver.uptime += .seconds(600)
        answerStore(driver)
        #expect(try #require(driver.lane.wakeUpAt) > driver.uptime)
        driver.tell(.publisherUnblocked)
        driver.tell(.ticked)
        #expect(!driver.takesRenewal() && troubles(driver) == nil)
        driver.uptime += .seconds(2)
        driver.tell(.ticked)
        #expect(driver.takesRenewal())
    }

    @Test("while one is out that may keep the channel waiting, few others follow, and the lane sleeps")
    func boundWhileTrying() throws {
        let driver = try published([revocation(1), notice(2)], limits: LaneLimits(burst: 4))
        lose(1, driver)
        _ = driver.takePublications()
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["n2"])
        answerStore(driver)
        try commit((3...20).map { revocation($0) }, driver)
        #expect(driver.takePublications()?.count == 3)
        answerStore(driver)
        #expect(driver.takePublications() == nil)
        #expect(try #require(driver.lane.wakeUpAt) > driver.uptime)
        driver.tell(.settled(sequence: 5, multiple: true, isAcknowledged: true))
        #expect(driver.takePublications()?.count == 4)
    }

    @Test("a connection that is lost at once after it was made bars nobody")
    func flappingConnection() throws {
        let driver = try published([notice(1), revocation(2)])
        for epoch in UInt64(1)...10 {
            lose(epoch, driver)
            #expect(driver.takePublications()?.map(\.name) == ["r2"])
        }
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: true))
        #expect(driver.takePublications()?.map(\.name) == ["n1"])
        #expect(troubles(driver) == nil)
    }

    @Test("a dead letter that the broker does not take goes into the store, and its delivery is acknowledged")
    func keptLetter() throws {
        let driver = LaneDriver.ready()
        let tag = driver.deliver("bad")
        driver.catchUp()
        driver.bury(try #require(driver.takeOrder()))
        #expect(driver.takePublications()?.count == 1)
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: false))
        #expect(driver.takeAcknowledgement() == nil)
        let order = try #require(driver.takeOrder())
        #expect(order.keeping.map(\.delivery.messageID) == ["bad"])
        #expect(order.keeping.map(\.deadLetter.code) == ["unknown_type"])
        #expect(order.deliveries.isEmpty && !order.actsOnDue)
        var report = StoreReport(dispositions: [], unsent: [])
        report.keptLetters = 1
        driver.tell(.stored(report))
        #expect(driver.takeAcknowledgement() == Acknowledgement(tag, false))
        #expect(driver.lane.isIdle)
    }

    @Test("a dead letter for which the store has no room stays with the broker, and is tried again")
    func noRoom() throws {
        let driver = LaneDriver.ready()
        driver.deliver("bad")
        driver.catchUp()
        driver.bury(try #require(driver.takeOrder()))
        _ = driver.takePublications()
        driver.tell(.settled(sequence: 1, multiple: false, isAcknowledged: false))
        answerStore(driver, keeping: 0)
        #expect(driver.takeAcknowledgement() == nil)
        driver.uptime += LaneLimits().republishAfter
        driver.tell(.ticked)
        #expect(driver.takePublications()?.count == 1)
    }

    @Test("while a kind is barred the unsent are counted, and requests wait once they are too many")
    func boundInTheStore() throws {
        let driver = try published([notice(1)], limits: LaneLimits(unsentInStore: 50))
        lose(1, driver, refusal: words)
        answerStore(driver)
        driver.uptime += .seconds(1)
        driver.tell(.ticked)
        let look = try #require(driver.takeOrder())
        #expect(look.countsUnsentTo == 50)
        var report = StoreReport(dispositions: look.deliveries.map { _ in .publish([]) }, unsent: [])
        report.unsentInStore = 50
        driver.tell(.stored(report))
        #expect(!driver.lane.takesRequests)
        driver.uptime += .seconds(5)
        driver.tell(.ticked)
        let next = try #require(driver.takeOrder())
        report.unsentInStore = 49
        #expect(next.countsUnsentTo == 50)
        driver.tell(.stored(report))
        #expect(driver.lane.takesRequests)
    }
}
