internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

func casePage(_ model: CaseModel, for viewer: Viewer) -> HTML {
    let id = model.refundCase.id.text
    return page("Case \(id)", in: .cases, for: viewer, live: model.isRevealed ? nil : Link("cases", id).text) {
        if let action = model.sent {
            notice(.good, "Sent") {
                tag("p") { "\(action.type.rawValue) is with the broker. A worker acts on it in a moment." }
            }
        }
        section("How it stands", id: "standing", live: true) { standing(model, viewer) }
        section("Timeline", id: "timeline", live: true) { timeline(model, viewer) }
        section("Decision", id: "decision", live: true) { decision(model.refundCase) }
        if model.refundCase.state.fulfilment != nil {
            section("Commands", id: "commands", live: true) { commands(model.refundCase, viewer.now) }
        }
        section("Request", id: "request") { request(model, viewer) }
        if !model.parked.isEmpty {
            section("Parked messages", id: "parked", live: true) { parkedTable(model.parked, viewer.now) }
        }
    }
}

private func standing(_ model: CaseModel, _ viewer: Viewer) -> HTML {
    let refundCase = model.refundCase
    let actions = PersonAction.fitting(refundCase)
    return tag("div", .class("standing")) {
        waitingDecisions(model, viewer.now)
        facts([
            ("Status", refundCase.state.status.pill),
            ("Refund", refundCase.shownRefund.map(money)),
            ("Paid by", paidBy(refundCase.state.fulfilment)),
            ("Paid", money(refundCase.request.invoice.paid)),
            ("Answer due", promise(model.history.listed, .response, viewer.now)),
            ("Refund due", promise(model.history.listed, .refund, viewer.now)),
        ])
        if !actions.isEmpty, !viewer.isReadOnly {
            tag("p", .class("actions"), .label("What you can do")) {
                for action in actions {
                    link(
                        Link("cases", refundCase.id.text, action.rawValue),
                        .class("button \(action == actions[0] ? "main" : "")")
                    ) { "\(action.title)…" }
                }
            }
        }
    }
}

private func paidBy(_ fulfilment: Fulfilment?) -> HTML? {
    guard let payments = fulfilment?.paidBy, !payments.isEmpty else { return nil }
    return tag("span") {
        for payment in payments {
            tag("span", .class("reason")) {
                "\(payment.means.title) "
                money(payment.amount)
            }
        }
    }
}

/// A close or a void waits until nothing of the case is on its way.
private func waitingDecisions(_ model: CaseModel, _ now: Instant) -> HTML {
    guard let parked = model.parked.first(where: { $0.delivery.type == .reviewed && $0.standing.deadAt == nil }) else {
        return HTML("")
    }
    return notice(.warning, "A decision waits") {
        tag("p") {
            "Somebody's review is taken as soon as every message of this case is with the broker or taken back: moments, "
            "unless the broker is away, or up to five minutes where a worker died that had one. It is tried again "
            time(parked.standing.nextAt, from: now)
            "."
        }
    }
}

private func promise(_ listed: ListedCase, _ kind: DeadlineKind, _ now: Instant) -> HTML? {
    let refundCase = listed.refundCase
    let by = kind == .response ? refundCase.respondBy : refundCase.refundBy
    let standing = kind == .response ? listed.deadlines.response : listed.deadlines.refund
    if kind == .refund, refundCase.state.fulfilment == nil, !refundCase.state.status.isOpen { return nil }
    let isOver = standing == .met || !refundCase.state.status.isOpen
    return (isOver ? time(by) : time(by, from: now)) + standing.pill
}

private func timeline(_ model: CaseModel, _ viewer: Viewer) -> HTML {
    tag("ol", .class("timeline")) {
        for entry in model.timeline { timelineEntry(entry, model) }
    }
}

private func timelineEntry(_ entry: TimelineEntry, _ model: CaseModel) -> HTML {
    switch entry.content {
    case .event(let event):
        let detail = EventText(event).detail
        return tag("li", .class("event")) {
            tag("p", .class("when")) { exactTime(entry.at) }
            tag("p", .class("what")) {
                tag("strong") { event.kind.title }
                if detail != "–" { tag("span", .class("detail")) { detail } }
            }
            if !event.body.isEmpty { raw(event.body, "the message", model.isRevealed) }
        }
    case .message(let sent):
        return tag("li", .class("message")) {
            tag("p", .class("when")) { exactTime(entry.at) }
            tag("p", .class("what")) {
                tag("span", .class("unseen")) { "Sent: " }
                "→ \(sent.message.encoded.title) "
                code(sent.message.encoded.id)
            }
            tag("p", .class("detail")) { delivery(sent) }
            raw(sent.message.encoded.body, "the message", model.isRevealed)
        }
    }
}

private func delivery(_ sent: SentMessage) -> HTML {
    tag("span") {
        if let confirmedAt = sent.confirmedAt {
            "confirmed by the broker at "
            exactTime(confirmedAt)
        } else {
            pill("not sent yet", .warning)
            sent.lastError.map { " the broker: \($0)" } ?? ""
        }
        if sent.message.attempt > 1 { ", sending \(sent.message.attempt) of the same bytes" }
    }
}

private func raw(_ body: [UInt8], _ name: String, _ isRevealed: Bool) -> HTML {
    tag("details", .class("raw")) {
        tag("summary") { "Show \(name)" }
        messageBody(ShownBody(body, isRevealed: isRevealed), "The message's bytes")
    }
}

private func decision(_ refundCase: RefundCase) -> HTML {
    tag("div", .class("decision")) {
        if let calculation = refundCase.decision.calculation { computation(calculation, refundCase.request) }
        facts([
            ("Outcome", outcome(refundCase)),
            ("Reviewed", refundCase.review.map(reviewed)),
            ("Policy", HTML(refundCase.policy.title)),
        ])
        table(
            "Rules of the policy, and whether they hold", [Column("Rule"), Column("Holds"), Column("Why")],
            refundCase.findings.map { finding in
                [
                    code(finding.rule), pill(finding.holdsText, finding.holds == false ? .bad : .good),
                    HTML(finding.detail),
                ]
            })
    }
}

private func outcome(_ refundCase: RefundCase) -> HTML {
    let decision = refundCase.decision
    return tag("span") {
        decision.outcome.rawValue.replacing("_", with: " ")
        for reason in decision.reasons {
            tag("span", .class("reason")) {
                code(reason.name)
                " \(reason.message(for: refundCase.request, under: refundCase.policy, as: refundCase.decision.outcome))"
            }
        }
    }
}

private func reviewed(_ review: Review) -> HTML {
    tag("span") {
        "\(review.verdict.rawValue)\(review.amount.map { ", \($0)" } ?? "") by "
        tag("strong") { "\(review.by)" }
        tag("q") { review.note }
        if let reference = review.reference { ", reference \(reference)" }
        if let text = review.reasonText {
            tag("span", .class("reason")) {
                "The customer is told: "
                tag("q") { text }
            }
        }
    }
}

/// The amount as a fraction that a person can check.
func computation(_ calculation: Calculation, _ request: RefundRequest) -> HTML {
    tag("div", .class("computation")) {
        tag("p", .class("formula")) {
            money(calculation.paid)
            if calculation.basis != .full {
                tag("span", .class("operator")) { " × " }
                tag("span", .class("fraction")) {
                    tag("span", .class("numerator")) { grouped("\(calculation.numerator)") }
                    tag("span", .class("unseen")) { " over " }
                    tag("span", .class("denominator")) { grouped("\(calculation.denominator)") }
                }
            }
            tag("span", .class("operator")) { " = " }
            tag("strong") { money(calculation.refund) }
        }
        tag("p", .class("hint")) { basis(calculation, request) }
    }
}

private func basis(_ calculation: Calculation, _ request: RefundRequest) -> String {
    let rest = remainder(calculation)
    switch calculation.basis {
    case .full: return "All that was paid is given back."
    case .usage:
        let unit = request.usage?.unit.map { " (\($0))" } ?? ""
        return "What is left of the usage over what was included\(unit). \(rest)"
    case .term:
        return calculation.numerator == 0
            ? "Nothing is left of the term." : "The unused days over the days of the term. \(rest)"
    }
}

/// The division in the smallest unit of the currency, with what it leaves over.
private func remainder(_ calculation: Calculation) -> String {
    guard calculation.denominator > 0 else { return "" }
    let product = Int128(calculation.paid.minorUnits) * calculation.numerator
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: calculation.denominator)
    let sum = "\(calculation.paid.minorUnits) × \(calculation.numerator) ÷ \(calculation.denominator) = \(quotient)"
    return remainder == 0
        ? "In minor units: \(sum), exactly."
        : "In minor units: \(sum), remainder \(remainder); rounded once, \(calculation.rounding.rawValue)."
}

private func commands(_ refundCase: RefundCase, _ now: Instant) -> HTML {
    table(
        "Commands to the other systems",
        [
            Column("Command"), Column("Key"), Column("Attempts", isNumeric: true), Column("Progress"),
            Column("Last reply"),
        ],
        (refundCase.state.fulfilment?.commands ?? []).map { command in
            [
                code(command.kind.commandID(of: refundCase.id)), HTML(command.key > 0 ? "#\(command.key)" : "–"),
                HTML("\(command.attempts) of \(refundCase.policy.commands.maxAttempts)"), progress(command, now),
                HTML(command.lastReply),
            ]
        })
}

private func progress(_ command: Command, _ now: Instant) -> HTML {
    switch command.progress {
    case .held: pill("held", .waiting) + HTML(" until the revocation has succeeded, or until it has cooled off")
    case .awaitingReply(let until): pill("awaiting reply", .waiting) + HTML(" next try ") + time(until, from: now)
    case .retrying(let at): pill("failed, tried again", .warning) + HTML(" next try ") + time(at, from: now)
    case .succeeded: pill("succeeded", .good)
    case .doneByHand: pill("done by hand", .good)
    case .ended: pill("ended", .plain) + HTML(" nothing more is sent")
    case .failed(let trouble): pill("given up: \(trouble.rawValue)", .bad)
    }
}

private func request(_ model: CaseModel, _ viewer: Viewer) -> HTML {
    let request = model.refundCase.request
    return tag("div") {
        facts([
            ("Submitted", exactTime(request.submittedAt)), ("Kind", HTML(request.kind.rawValue)),
            ("Order", request.orderNumber.map(code) ?? HTML("missing")),
            ("Service", code(request.service.id)), ("Subscription", request.service.subscriptionID.map(code)),
            ("Customer", request.customer.map { HTML($0.shownText) }),
            ("Invoice", code(request.invoice.number) + HTML(" of \(request.invoice.issuedOn)")),
            ("Proof of payment", HTML(request.invoice.proofOfPayment == nil ? "missing" : "given")),
            (
                "Usage",
                request.usage.map {
                    HTML("\(grouped("\($0.remaining)")) left of \(grouped("\($0.included)")) \($0.unit ?? "")")
                }
            ),
            ("Term", request.term.map { HTML("\($0.startsOn) until \($0.endsOn)") }),
            ("Payment method", request.paymentMethod.map { HTML($0.shownText) }),
            ("Dispute", HTML(request.dispute.rawValue)),
        ])
        reveal(model, viewer)
    }
}

private func reveal(_ model: CaseModel, _ viewer: Viewer) -> HTML {
    guard !model.isRevealed else {
        return tag("p", .class("hint")) {
            "Contacts and payment tokens are shown in the raw messages; this was logged with your name."
        }
    }
    return tag(
        "form", Attribute("method", "post"), Attribute("action", Link("cases", model.refundCase.id.text, "reveal").text)
    ) {
        proof(viewer)
        askingName(viewer)
        tag("button", .class("quiet")) { "Show contacts and payment tokens" }
        tag("span", .class("hint")) { " The asking is logged." }
    }
}
