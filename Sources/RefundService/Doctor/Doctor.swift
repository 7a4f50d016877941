import AMQPClient
import PostgresStore
public import RefundPolicy
import RefundWorker

/// Looks at everything that a worker needs, changes nothing, and says what is wrong and what mends it.
///
/// Probes (`Probes`) find out, each within its time; checks (`Checks`) judge what was found, as pure functions. One
/// part that is dead takes no other along.
public struct Doctor {
    private let settings: Settings
    private let now: @Sendable () -> Instant
    private let progress: (String) -> Void

    /// - Parameters:
    ///   - now: this machine's clock.
    ///   - progress: told some times a second what is being looked at.
    public init(
        settings: Settings, now: @escaping @Sendable () -> Instant,
        progress: @escaping (String) -> Void
    ) {
        self.settings = settings
        self.now = now
        self.progress = progress
    }

    /// What there is to say about those topics, in the order of the topics.
    public func examine(_ topics: Set<DoctorTopic>) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        if topics.contains(.settings) {
            findings += judgeSettings(SettingsSafety(settings))
        }
        findings += examineBroker(topics)
        if topics.contains(.store) || topics.contains(.clock) { findings += examineStore(topics) }
        if topics.contains(.policy) { findings += examinePolicy() }
        if topics.contains(.clock) {
            findings.append(
                judgeSynchronization(
                    within(.seconds(5), whileWaiting: { progress("looking at the clock") }) {
                        MachineProbe.isClockSynchronized()
                    } ?? nil))
            findings.append(
                DoctorTopic.clock.notSeen(
                    "against the broker", "AMQP does not tell its time", remedy: "date -u (on the broker's machine)"))
        }
        if topics.contains(.limits) { findings.append(judgeLimits(MachineProbe.limits(lanes: settings.worker.lanes))) }
        return findings.enumerated().sorted { left, right in
            (left.element.topic.order, left.offset) < (right.element.topic.order, right.offset)
        }.map(\.element)
    }

    private func examinePolicy() -> [DoctorFinding] {
        let zones = judgeTimeZones(areKnown: PolicyTimeZone(identifier: "Europe/Berlin") != nil)
        guard let path = settings.policyFile else { return [judgePolicy(.standard), zones] }
        do {
            let policy = try openPolicy(path)
            var names: [String] = []
            for version in policy.versions where !names.contains(version.timeZone.identifier) {
                names.append(version.timeZone.identifier)
            }
            return [
                judgePolicy(
                    .read(file: path, name: policy.name, versions: policy.versions.map(\.version), timeZones: names)),
                zones,
            ]
        } catch {
            return [judgePolicy(.failed(file: path, problem: "\(error)")), zones]
        }
    }

    // MARK: The store

    private func examineStore(_ topics: Set<DoctorTopic>) -> [DoctorFinding] {
        let findings: [DoctorFinding] =
            switch settings.store {
            case .sqlite(let path): topics.contains(.store) ? examineFile(path) : []
            case .postgresql(let location): examineServer(location)
            }
        return (findings + examineContent(findings)).filter { topics.contains($0.topic) }
    }

    /// Whether payouts are paused, and what waits to be sent, where the store can be read.
    private func examineContent(_ findings: [DoctorFinding]) -> [DoctorFinding] {
        guard !findings.contains(where: { $0.topic == .store && $0.state == .wrong }) else { return [] }
        let (location, now) = (settings.store, now())
        let content = timed("what waits in the store", .seconds(10)) { StoreProbe.content(at: location, now: now) }
        guard let (brake, backlog) = content.flatMap(\.self) else { return [] }
        return [judgeBrake(brake, at: now), judgeBacklog(backlog, at: now)]
    }

    private func examineFile(_ path: String) -> [DoctorFinding] {
        guard path != ":memory:" else {
            return [
                DoctorTopic.store.wrong(
                    "file", "the store is in memory", meaning: "every case is lost when the worker stops",
                    remedy: "name a file in store.url, such as sqlite:/var/lib/refund-worker/cases.sqlite")
            ]
        }
        let expected = settings.storeIdentity
        let findings: [DoctorFinding]? = timed("the store \(path)", .seconds(20)) {
            let disk = DiskProbe.look(at: StoreProbe.directory(of: path))
            return judgeSQLiteStore(StoreProbe.file(at: path, expected: expected)) + (disk.map(judgeDisk) ?? [])
        }
        return findings ?? [late("file \(path)", topic: .store)]
    }

    private func examineServer(_ location: PostgresLocation) -> [DoctorFinding] {
        let (expected, lanes, now) = (settings.storeIdentity, settings.worker.lanes, now)
        let reading = timed("the store \(location)", .seconds(45)) {
            StoreProbe.server(at: location, expected: expected, lanes: lanes, now: now)
        }
        switch reading {
        case .success(let reading)?:
            let clock = reading.facts.clock
            let certificates = judgeCertificates(
                "certificates", topic: .store, endAt: reading.facts.certificatesEndAt,
                address: "\(location.firstAddress) -starttls postgres", at: now())
            return judgePostgresStore(reading) + [certificates].compactMap(\.self) + [
                judgeStoreClock(
                    ClockDistance(server: clock.server, asked: clock.asked, answered: clock.answered))
            ]
        case .failure(let error)?:
            return [
                judgeStoreError(error, of: "server \(location)"),
                DoctorTopic.clock.notSeen("against the store", "the store does not answer"),
            ]
        case nil: return [late("server \(location)", topic: .store)]
        }
    }

    // MARK: The broker

    private func examineBroker(_ topics: Set<DoctorTopic>) -> [DoctorFinding] {
        let asked = topics.intersection([.broker, .permissions, .topology, .queues])
        guard !asked.isEmpty else { return [] }
        let probe = BrokerProbe(settings: settings.amqp)
        let readings = settings.amqp.nodes.map { node in
            timed("the broker's node \(node.address)", .seconds(15)) { probe.look(at: node) }
                ?? NodeReading(
                    address: node.address, virtualHost: node.virtualHost, user: node.user,
                    outcome: .refused(BrokerRefusal(code: .timedOut, text: "it took longer than 15 s")))
        }
        // Without it nobody would know why nothing else was seen.
        var findings = asked.contains(.broker) || !readings.contains(where: \.isReached) ? judgeNodes(readings) : []
        if asked.contains(.broker) { findings += readings.compactMap { $0.judgeCertificates(at: now()) } }
        guard let index = readings.firstIndex(where: \.isReached) else {
            return findings
                + DoctorTopic.allCases.filter { $0 != .broker && asked.contains($0) }.map {
                    $0.notSeen("all of it", "no node of the broker lets the worker in")
                }
        }
        let node = settings.amqp.nodes[index]
        if asked.contains(.permissions) {
            let reading = timed("permissions at the broker", .seconds(40)) { probe.permissions(at: node) }
            findings += reading.map(judgePermissions) ?? [late("rights", topic: .permissions)]
        }
        if asked.contains(.topology) {
            let reading = timed("the broker's exchanges and queues", .seconds(20)) { probe.topology(at: node) }
            findings += judge(reading, topic: .topology, judgeTopology)
        }
        if asked.contains(.queues) {
            let reading = timed("what waits in the queues", .seconds(20)) { probe.queues(at: node) }
            findings += judge(reading, topic: .queues, judgeQueues)
        }
        return findings
    }

    private func judge<Reading>(
        _ answer: Result<Reading, BrokerRefusal>?, topic: DoctorTopic, _ judge: (Reading) -> [DoctorFinding]
    ) -> [DoctorFinding] {
        switch answer {
        case .success(let reading)?: judge(reading)
        case .failure(let refusal)?: [topic.notSeen("all of it", refusal.text)]
        case nil: [late("all of it", topic: topic)]
        }
    }

    // MARK: Time

    private func timed<Value: Sendable>(
        _ what: String, _ limit: Duration, _ body: @escaping @Sendable () -> Value
    ) -> Value? {
        within(limit, whileWaiting: { progress("looking at \(what)") }, body)
    }

    private func late(_ subject: String, topic: DoctorTopic) -> DoctorFinding {
        topic.wrong(
            subject, "no answer in time", meaning: "the worker would wait as long",
            remedy: "look at the load, the network and the name service of the machine that does not answer")
    }
}

extension DoctorTopic {
    fileprivate var order: Int { DoctorTopic.allCases.firstIndex(of: self) ?? 0 }
}
