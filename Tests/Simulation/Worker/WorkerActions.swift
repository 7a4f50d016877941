import RefundMessages
import RefundPolicy
import RefundWorker

/// How a worker does what its lane says.
extension SimulatedWorker {
    func perform(_ action: LaneAction, _ process: Process) {
        switch action {
        case .store(let order):
            if dies(.beforeOrder) { return }
            submit(order, process)
            _ = dies(.afterOrder)
        case .publish(let publications, let before):
            if dies(.beforePublish) { return }
            publish(publications, before: before, process)
            _ = !process.isDead && dies(.afterPublish)
        case .acknowledge(let tag, let multiple):
            if dies(.beforeAcknowledge) { return }
            acknowledge(tag, multiple: multiple, process)
            _ = dies(.afterAcknowledge)
        case .reject(let tag):
            if dies(.beforeReject, isRare: true) { return }
            if let place = process.consumers.firstIndex(where: { $0.holds(tag) }),
                let connection = process.consumers[place].link.connection
            {
                process.consumers[place].held[tag.number] = nil
                connection.request { [world] in world.broker.reject(connection, tag: tag.number) }
            }
            _ = dies(.afterReject, isRare: true)
        case .cancelConsumers:
            process.isCancelled = true
            for connection in process.consumers.compactMap(\.link.connection) {
                connection.request { [world] in world.broker.cancel(connection) }
            }
        case .renewPublisher: losePublisher(process)
        case .outlets(let troubles):
            for trouble in troubles {
                say("can't get \(trouble.type?.rawValue ?? "dead letters") out: \(trouble.reason)")
            }
        case .settled: break
        case .finished: process.isFinished = true
        }
    }

    // MARK: The store

    private func submit(_ order: StoreOrder, _ process: Process) {
        world.auditor.ordered(whileBusy: process.isStoreBusy, by: name)
        process.isStoreBusy = true
        let isSlow = world.faults.chance(.slowStore, full: 0.2)
        let wait = world.draw { isSlow ? $0.time(.milliseconds(100), .seconds(20)) : $0.time(.zero, .milliseconds(5)) }
        world.timeline.after(wait) { [self] in carryOut(order, process) }
    }

    private func carryOut(_ order: StoreOrder, _ process: Process) {
        guard !process.isDead else { return }
        // A frozen process has frozen threads: what it was at comes through when it goes on.
        guard !isFrozen else { return process.heldBack.append { [self] in carryOut(order, process) } }
        if let deadly = order.deliveries.first(where: { world.deadly.contains($0.messageID ?? "") }) {
            note("reads \(deadly.messageID ?? "")")
            return crash(.deadlyMessage)
        }
        let answer: Result<StoreReport, StoreError>
        do throws(StoreError) {
            var time = timeByStore(in: process)
            time.now = world.sabotage.storeTime(time.now)
            world.order = order
            defer { world.order = nil }
            let report = try world.sabotage.fulfil(order) { order throws(StoreError) in
                try world.fulfilment.fulfil(order, on: world.store, at: time)
            }
            answer = .success(report)
            note(report, of: order)
            hear(report, of: order)
        } catch {
            answer = .failure(error)
            note("store: \(error.kind.rawValue) during \(error.operation)")
        }
        if world.ledger.hasNews() { world.auditor.committed() }
        for worker in world.workers { worker.reconsiderTimer() }
        if dies(.committedNotTold) { return }
        world.timeline.after(world.draw { $0.time(.zero, .milliseconds(5)) }) { [self] in
            guard !process.isDead else { return }
            process.isStoreBusy = false
            process.answers.append(answer)
            wake()
        }
    }

    /// What the worker now knows of each delivery.
    private func hear(_ report: StoreReport, of order: StoreOrder) {
        for (delivery, disposition) in zip(order.deliveries, report.dispositions) {
            guard let id = delivery.messageID else { continue }
            switch disposition {
            case .publish: world.auditor.isDone(with: id)
            case .deadLetter(let letter): world.auditor.isRefused(id, because: letter.code)
            case .parked, .later: break
            }
        }
    }

    private func note(_ report: StoreReport, of order: StoreOrder) {
        guard world.transcript.isOn else { return }
        for (delivery, disposition) in zip(order.deliveries, report.dispositions) {
            let outcome =
                switch disposition {
                case .publish(let messages): "publish \(messages.map(\.encoded.id).joined(separator: ", "))"
                case .parked(_, let reason): "parked \(reason.code)"
                case .later: "left for later"
                case .deadLetter(let letter): "dead \(letter.code)"
                }
            let request = world.request(of: delivery.messageID ?? "")
            say(
                "commits \(delivery.messageID ?? "") (\((try? delivery.type.get())?.rawValue ?? "?")) of \(request) → \(outcome)"
            )
        }
        for message in report.unsent {
            say("finds unsent \(message.encoded.id) of \(message.requestID?.text ?? "the fleet")")
        }
    }

    private func say(_ line: String) {
        world.transcript.note(world.timeline.now, "   \(name) \(line)")
    }

    // MARK: The broker

    private func publish(_ publications: [Publication], before: Duration, _ process: Process) {
        guard let connection = process.publisher.connection else { return }
        // What kept the thread so long could be anything.
        guard world.timeline.now - process.startedAt < before else { return losePublisher(process) }
        let first = process.publisher.published + 1
        for publication in publications {
            if publications.count > 1, dies(.amidPublish) { return }
            let outgoing: Outgoing
            switch publication {
            case .message(let message):
                outgoing = Outgoing(
                    exchange: .outbound, routingKey: message.encoded.type.rawValue, id: message.encoded.id,
                    body: message.encoded.body, attempt: message.attempt, deadCode: nil)
            case .deadLetter(let tag, let letter):
                guard let held = process.consumers.first(where: { $0.holds(tag) })?.held[tag.number] else {
                    // Lost with its connection; the numbers of the confirms no longer fit.
                    return losePublisher(process)
                }
                outgoing = Outgoing(
                    exchange: .dead, routingKey: held.routingKey, id: held.id, body: held.body, attempt: 1,
                    deadCode: letter.code)
            case .parkedDeadLetter(let letter):
                outgoing = Outgoing(
                    exchange: .dead, routingKey: letter.delivery.type?.rawValue ?? "",
                    id: letter.delivery.messageID ?? "",
                    body: letter.delivery.body, attempt: 1, deadCode: letter.deadLetter.code)
            }
            process.publisher.published += 1
            if outgoing.deadCode == nil { world.auditor.writes(outgoing.id) }
            if world.transcript.isOn { say("publishes \(outgoing.id) \(outgoing.deadCode ?? "")") }
            connection.request(isPublication: true) { [world] in world.broker.publish(outgoing, on: connection) }
        }
        for input in world.sabotage.inputs(afterPublishing: publications, from: first) { tell(input) }
    }

    private func acknowledge(_ tag: DeliveryTag, multiple: Bool, _ process: Process) {
        guard let place = process.consumers.firstIndex(where: { $0.holds(tag) }),
            let connection = process.consumers[place].link.connection
        else { return }
        if world.transcript.isOn {
            let id = process.consumers[place].held[tag.number]?.id ?? ""
            say("acknowledges \(multiple ? "up to " : "")\(id) (tag \(tag.number))")
        }
        connection.request { [world] in world.broker.acknowledge(connection, tag: tag.number, multiple: multiple) }
        if multiple {
            process.consumers[place].held = process.consumers[place].held.filter { $0.key > tag.number }
        } else {
            process.consumers[place].held[tag.number] = nil
        }
    }
}
