import AMQPClient
import Foundation
import Testing

/// The doctor at a real broker that is driven into what can go wrong.
@Suite("The doctor at a broker", .serialized)
struct DoctorBrokerTests {
    private static let brokerTopics = "broker,permissions,topology,queues"

    @Test("with everything there and a worker at work, nothing is wrong, and nothing was changed")
    func allGood() throws {
        let broker = try TestBroker()
        let worker = try broker.startWorker()
        let run = try DoctorRun(environment: broker.environment)
        #expect(run.status == 0, "\(run.printed)")
        #expect(run.subjects("wrong") == [])
        #expect(run.finding("permissions", "rights")?.seen.contains("read \(broker.prefix)refund.requests") == true)
        #expect(run.finding("queues", "\(broker.prefix)refund.requests")?.seen == "0 waiting, 1 consumer")
        #expect(run.finding("store", "tables")?.state == "good")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
    }

    @Test("with TLS it says when the first certificate ends")
    func certificates() throws {
        let variables = ProcessInfo.processInfo.environment
        let broker = try TestBroker()
        var environment = broker.environment
        environment["REFUND_WORKER_AMQP_URL"] = variables["TEST_AMQPS_URL"]
        let certificates = try #require(variables["TEST_AMQP_CERTIFICATES"])
        environment["REFUND_WORKER_AMQP_TLS_CA"] = "\(certificates)/ca.pem"
        let run = try DoctorRun("--only", "broker", environment: environment)
        let finding = run.findings.first { $0.subject.hasPrefix("certificates of ") }
        #expect(finding?.state == "good" && finding?.seen.contains(", in 2") == true, "\(run.printed)")
    }

    @Test("without a worker, what waits is wrong, and dead letters are a warning; no message is touched")
    func waiting() throws {
        let broker = try TestBroker()
        try broker.publish([Array("{}".utf8)], as: "refund.requested")
        try broker.publish([Array("{}".utf8)], as: "refund.unheard")
        let worker = try broker.startWorker()
        try broker.publish([Array("no json".utf8)], as: "refund.requested")
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        try broker.publish([Requests.cancellation("rr-1")], as: "refund.requested")
        for _ in 1...2 {
            let run = try DoctorRun("--only", "queues", environment: broker.environment)
            #expect(run.status == 3)
            #expect(run.subjects("wrong") == ["queues \(broker.prefix)refund.requests"])
            #expect(run.finding("queues", "\(broker.prefix)refund.requests")?.seen == "1 waiting, 0 consumers")
            let dead = run.finding("queues", "\(broker.prefix)refund.dead")
            #expect(dead?.state == "warning")
            #expect(dead?.remedy?.hasPrefix("refund-worker dead list") == true)
            #expect(run.finding("queues", "\(broker.prefix)refund.unrouted")?.state == "warning")
        }
        // A look that had taken the message would have counted as a return of it.
        let permissions = try DoctorRun("--only", "permissions", environment: broker.environment)
        #expect(permissions.status == 0)
        let peeked = try broker.run("queues", "peek", "refund.requests", "--force", "--json")
        #expect(peeked.output.contains(#""redelivered":false"#))
    }

    @Test("without the topology, every object is missing, and the rest of it is not seen")
    func noTopology() throws {
        let broker = try TestBroker()
        var environment = broker.environment
        environment["REFUND_WORKER_AMQP_PREFIX"] = "nobody."
        let run = try DoctorRun("--only", Self.brokerTopics, environment: environment)
        #expect(run.status == 3)
        #expect(run.subjects("wrong") == ["topology missing objects"])
        let missing = run.finding("topology", "missing objects")
        #expect(missing?.seen.split(separator: ",").count == 17)
        #expect(missing?.remedy == "refund-worker topology declare, as an administrator of the broker")
        #expect(run.finding("queues", "missing queues")?.state == "not_seen")
        #expect(try DoctorRun("--only", "topology", environment: environment).subjects("wrong").count == 1)
    }

    @Test("a queue with another argument is wrong, with the commands that mend it")
    func otherArgument() throws {
        let broker = try TestBroker()
        let queue = "\(broker.prefix)refund.requests"
        let url = try #require(broker.environment["REFUND_WORKER_AMQP_URL"])
        let endpoint = try #require(try Endpoint.list(from: url).first)
        let connection = try Connection.open(endpoint, epoch: Epoch(1))
        try connection.deleteQueue(queue)
        try connection.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
        connection.close()
        let run = try DoctorRun("--only", "topology", environment: broker.environment)
        #expect(run.status == 3)
        #expect(run.subjects("wrong") == ["topology queue \(queue)"])
        let finding = run.finding("topology", "queue \(queue)")
        #expect(finding?.seen.contains("inequivalent arg") == true)
        #expect(finding?.remedy?.contains("rabbitmqctl delete_queue -p / \(queue) --if-empty") == true)
    }

    @Test("a dead broker and a dead store are both told in one run, with what is not known therefore")
    func bothDead() throws {
        let run = try DoctorRun(
            environment: [
                "REFUND_WORKER_AMQP_URL": "amqp://worker:hidden@127.0.0.1:1/",
                "REFUND_WORKER_STORE_URL": "postgresql://worker:hidden@127.0.0.1:1/refunds",
            ])
        #expect(run.status == 3)
        #expect(run.subjects("wrong") == ["broker node 127.0.0.1:1", "store server postgresql://127.0.0.1:1/refunds"])
        #expect(run.subjects("not_seen").filter { $0.hasSuffix("all of it") }.count == 3)
        #expect(!run.printed.contains("hidden"))
    }

    @Test("a wrong password is told as such, and not shown")
    func wrongPassword() throws {
        let broker = try TestBroker()
        var environment = broker.environment
        let url = try #require(environment["REFUND_WORKER_AMQP_URL"])
        environment["REFUND_WORKER_AMQP_URL"] = url.replacing("guest:guest", with: "guest:hidden")
        let run = try DoctorRun("--only", "broker", environment: environment)
        #expect(run.status == 3)
        #expect(run.findings.map(\.state) == ["wrong"])
        #expect(run.findings.first?.remedy?.contains("rabbitmqctl change_password guest") == true)
        #expect(!run.printed.contains("hidden"))
    }

    @Test("the rights that a user lacks are named one by one, and the command that is shown gives them")
    func missingRights() throws {
        let node = try PrivateNode()
        let administrator = ["REFUND_WORKER_AMQP_URL": node.url]
        #expect(try WorkerProcess.run(["topology", "declare"], environment: administrator).status == 0)
        try node.control("add_user", "worker", "secret")
        try node.control("set_permissions", "worker", "^$", "^refund\\.(commands|events)$", "^refund\\.requests$")
        let environment = ["REFUND_WORKER_AMQP_URL": node.url.replacing("guest:guest", with: "worker:secret")]
        let run = try DoctorRun("--only", "permissions", environment: environment)
        #expect(run.status == 3)
        let finding = run.finding("permissions", "missing rights")
        #expect(finding?.seen == "read refund.replies, publish refund.dead")
        let remedy = try #require(finding?.remedy)
        let words = remedy.split(separator: " ").map { $0.replacing("'", with: "") }
        #expect(words.prefix(2) == ["rabbitmqctl", "set_permissions"])
        try node.control(words[1...7].map { String($0) })
        let mended = try DoctorRun("--only", Self.brokerTopics, environment: environment)
        #expect(mended.status == 0, "\(mended.printed)")
        #expect(mended.finding("topology", "properties of 17 objects")?.state == "not_seen")
    }

    @Test("a broker with an alarm takes nothing, and that is wrong")
    func alarm() throws {
        let node = try PrivateNode()
        let environment = ["REFUND_WORKER_AMQP_URL": node.url]
        #expect(try WorkerProcess.run(["topology", "declare"], environment: environment).status == 0)
        try node.control("set_vm_memory_high_watermark", "0.00001")
        let run = try DoctorRun("--only", "permissions", environment: environment)
        #expect(run.status == 3)
        #expect(run.findings.last?.seen.contains("takes nothing") == true, "\(run.printed)")
    }
}
