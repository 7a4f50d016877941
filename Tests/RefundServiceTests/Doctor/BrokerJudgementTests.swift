import AMQPClient
import Testing

@testable import RefundService

@Suite("The doctor's judgement of a broker")
struct BrokerJudgementTests {
    private func node(
        _ outcome: NodeReading.Outcome, address: String = "mq1:5672", user: String = "refund-worker"
    ) -> NodeReading {
        NodeReading(address: address, virtualHost: "/", user: user, outcome: outcome)
    }

    private func reached(
        _ version: String, product: String = "RabbitMQ", missing: [String] = []
    ) -> NodeReading.Outcome {
        .reached(product: product, version: version, missingCapabilities: missing)
    }

    @Test(
        "a version is good from 3.10 on",
        arguments: [
            ("3.10.8", DoctorFinding.State.good), ("3.9.29", .wrong), ("3.13.7", .good), ("4.1.0", .good),
            ("2.8.4", .wrong), ("", .wrong),
        ])
    func version(version: String, state: DoctorFinding.State) {
        let findings = judgeNodes([node(reached(version))])
        #expect(findings.map(\.state) == [state, .good])
    }

    @Test("another product, and a capability that is missing, are wrong")
    func capabilities() {
        #expect(judgeNodes([node(reached("5.16", product: "ActiveMQ"))]).first?.state == .wrong)
        let findings = judgeNodes([node(reached("3.12.0", missing: ["connection.blocked"]))])
        #expect(findings.map(\.state) == [.good, .wrong])
        #expect(findings.last?.seen == "without connection.blocked")
    }

    @Test(
        "a node that lets nobody in is wrong, and its mending fits the reason",
        arguments: [
            (AMQPError.Code.accessRefused, "rabbitmqctl change_password 'a user' NEW-PASSWORD"),
            (.virtualHostRefused, "rabbitmqctl set_permissions -p / 'a user'"),
            (.cannotConnect, "systemctl start rabbitmq-server"), (.tlsFailed, "openssl s_client -connect mq1:5672"),
            (.hostNotFound, "correct the host"), (.timedOut, "rabbitmq-diagnostics"),
            (.protocolViolation, "correct host and port"), (.connectionLost, "log"),
        ])
    func refusals(code: AMQPError.Code, remedy: String) throws {
        let refusal = BrokerRefusal(code: code, text: "no")
        let finding = try #require(judgeNodes([node(.refused(refusal), user: "a user")]).first)
        #expect(finding.state == .wrong)
        #expect(finding.remedy?.contains(remedy) == true)
    }

    @Test("one dead node of a cluster is a warning, all of them are wrong")
    func cluster() {
        let dead = node(.refused(BrokerRefusal(code: .cannotConnect, text: "refused")), address: "mq2:5672")
        #expect(judgeNodes([node(reached("3.12.1")), dead]).map(\.state) == [.good, .good, .warning])
        #expect(judgeNodes([dead, dead]).map(\.state) == [.wrong, .wrong])
    }

    private func permissions(_ items: [PermissionReading.Item], prefix: String = "") -> [DoctorFinding] {
        judgePermissions(
            PermissionReading(virtualHost: "shop one", user: "worker", prefix: prefix, items: items))
    }

    @Test("a right that is missing is named, with the command that gives it")
    func missingRight() throws {
        let findings = permissions(
            [
                .init(right: .read(queue: "a.refund.requests"), answer: .allowed),
                .init(
                    right: .publish(exchange: "a.refund.dead", routingKey: ""), answer: .refused(text: "access refused")
                ),
            ], prefix: "a.")
        #expect(findings.map(\.state) == [.good, .wrong])
        #expect(findings[0].seen == "read a.refund.requests")
        #expect(findings[1].seen == "publish a.refund.dead")
        let remedy = try #require(findings[1].remedy)
        #expect(
            remedy.hasPrefix(
                "rabbitmqctl set_permissions -p 'shop one' worker '^\\z' '^a\\.refund\\.(commands|events|dead)\\z' "
                    + "'^a\\.refund\\.(requests|replies)\\z'"))
    }

    @Test("a right to a topic is mended by another command than one to an exchange")
    func missingTopic() {
        let findings = permissions([
            .init(
                right: .publish(exchange: "refund.outbound", routingKey: "payout.issue"),
                answer: .refused(text: "access to topic 'payout.issue' in exchange 'refund.outbound' refused"))
        ])
        #expect(findings.map(\.remedy) == ["rabbitmqctl clear_topic_permissions -p 'shop one' worker refund.outbound"])
    }

    @Test("an alarm is wrong; what is not there, or not answered, is not seen")
    func otherAnswers() {
        let right = PermissionReading.Right.publish(exchange: "refund.outbound", routingKey: "payout.issue")
        let states: [(PermissionReading.Answer, DoctorFinding.State)] = [
            (.blocked(reason: "low on memory"), .wrong), (.missing, .notSeen), (.unanswered(text: "late"), .notSeen),
        ]
        for (answer, state) in states {
            #expect(permissions([.init(right: right, answer: answer)]).map(\.state) == [state])
        }
    }

    @Test(
        "a queue is judged by what waits in it, and who reads it",
        arguments: [
            (QueueReading.Role.worked, 0, 2, DoctorFinding.State.good), (.worked, 0, 0, .warning),
            (.worked, 1, 0, .wrong), (.worked, 9_999, 1, .good), (.worked, 10_000, 1, .warning),
            (.handedOver(to: "the payout system"), 0, 0, .good), (.handedOver(to: "the payout system"), 3, 1, .good),
            (.handedOver(to: "the payout system"), 3, 0, .warning), (.alerts, 0, 0, .good), (.alerts, 1, 0, .warning),
            (.dead, 0, 0, .good), (.dead, 1, 1, .warning), (.unrouted, 0, 0, .good), (.unrouted, 1, 0, .warning),
        ])
    func queues(role: QueueReading.Role, messages: Int, consumers: Int, state: DoctorFinding.State) {
        let answer = QueueReading.Answer.there(messages: messages, consumers: consumers)
        let finding = judgeQueue(QueueReading(name: "queue", role: role, answer: answer))
        #expect(finding.state == state)
        #expect((finding.remedy == nil) == (state == .good))
    }

    @Test("queues that are not there are told together")
    func missingQueues() {
        let findings = judgeQueues(
            ["one", "two"].map { QueueReading(name: $0, role: .worked, answer: .missing) }
                + [QueueReading(name: "three", role: .dead, answer: .there(messages: 0, consumers: 0))])
        #expect(findings.map(\.state) == [.good, .notSeen])
        #expect(findings.last?.seen == "one, two")
    }

    @Test("a topology that differs is wrong; one that may not be compared is not seen")
    func topology() {
        func object(_ kind: TopologyFinding.Kind, _ name: String) -> TopologyFinding {
            TopologyFinding(kind: kind, object: name, detail: "inequivalent arg", advice: "")
        }
        let findings = judgeTopology(
            TopologyReading(
                virtualHost: "/", topology: Topology(),
                findings: [
                    object(.missing, "exchange refund.dead"), object(.different, "queue refund.requests"),
                    object(.unknown, "queue refund.replies"),
                ]))
        #expect(findings.map(\.state) == [.good, .wrong, .wrong, .notSeen, .notSeen, .notSeen])
        #expect(findings[0].seen.hasPrefix("14 as they should be"))
        #expect(findings[1].seen == "exchange refund.dead")
        #expect(findings[1].remedy == "refund-worker topology declare, as an administrator of the broker")
        #expect(
            findings[2].remedy
                == "rabbitmqctl delete_queue -p / refund.requests --if-empty, then refund-worker topology declare, as an administrator of the broker"
        )
    }
}
