internal import AMQPClient
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// One dead letter.
struct LetterModel: Sendable {
    var letter: QueuedDeadLetter
    var outlook: ReplayOutlook
    /// The case that it is about.
    var history: CaseHistory?
    var isRevealed: Bool
}

func letterPage(_ model: LetterModel, for viewer: Viewer) -> HTML {
    let record = model.letter.record
    return page("Dead letter", in: .dead, for: viewer) {
        facts([
            ("Code", code(record.code)), ("Detail", HTML(record.detail)), ("Type", code(record.type)),
            ("From", record.sourceQueue.map(code)), ("Exchange", record.sourceExchange.map(code)),
            ("User", record.user.map(code)), ("Died", model.letter.diedAt.map { time($0, from: viewer.now) }),
            ("Request", record.requestID.map { id in link(Link("cases", id)) { code(id) } }),
            ("Message id", record.messageID.map(code)), ("Bytes", HTML(grouped("\(record.size)"))),
        ])
        section("What a replay would do", id: "outlook") {
            outlook(model, viewer)
            if !viewer.isReadOnly { actions(model, viewer) }
        }
        section("Body", id: "body") { body(model, viewer) }
        section("Headers and properties", id: "headers") { headers(model.letter, model.isRevealed) }
        tag("p") { link(Section.dead.link) { "All dead letters" } }
    }
}

private func outlook(_ model: LetterModel, _ viewer: Viewer) -> HTML {
    switch model.outlook {
    case .barred(let refusal):
        notice(.bad, "It can't be replayed") {
            tag("p") { "This is why: \(refusal.rawValue)." }
            if refusal == .originUnknown { tag("p") { "On the command line: refund-worker dead replay --from …" } }
        }
    case .judged(let trial): consequence(trial, model.history, viewer.now)
    }
}

private func actions(_ model: LetterModel, _ viewer: Viewer) -> HTML {
    tag("div", .class("actions")) {
        if case .judged = model.outlook {
            act("replay", "Replay it", model.letter, viewer, isAdvised: model.outlook.isOfUse)
        }
        act("discard", "Discard it", model.letter, viewer, isAdvised: false)
    }
}

private func act(_ action: String, _ title: String, _ letter: QueuedDeadLetter, _ viewer: Viewer, isAdvised: Bool)
    -> HTML
{
    tag(
        "form", Attribute("method", "post"),
        Attribute("action", Link("dead", "letter", letter.record.fingerprint, action).text)
    ) {
        proof(viewer)
        tag("button", isAdvised ? .class("main") : nil) { title }
    }
}

private func body(_ model: LetterModel, _ viewer: Viewer) -> HTML {
    guard let bytes = model.letter.body else {
        return tag("p") { "It has more bytes than can be shown." }
    }
    let shown = ShownBody(bytes, isRevealed: model.isRevealed, marked: model.letter.wrongPlace(at: viewer.now))
    return tag("div") {
        if shown.pieces.contains(where: \.isMarked) {
            tag("p", .class("hint")) { "What is wrong is marked where it stands." }
        }
        messageBody(shown, "The letter's bytes")
        if !model.isRevealed {
            tag(
                "form", Attribute("method", "post"),
                Attribute("action", Link("dead", "letter", model.letter.record.fingerprint, "reveal").text)
            ) {
                proof(viewer)
                askingName(viewer)
                tag("button", .class("quiet")) { "Show all of it" }
                tag("span", .class("hint")) { " What is not JSON is masked whole. The asking is logged." }
            }
        }
    }
}

private func headers(_ letter: QueuedDeadLetter, _ isRevealed: Bool) -> HTML {
    let properties = letter.properties
    var all: [(name: String, value: HTML?)] = [
        ("routing key", code(letter.routingKey)), ("type", properties.type.map(code)),
        ("correlation_id", properties.correlationID.map(code)), ("app_id", properties.applicationID.map(code)),
        ("content_type", properties.contentType.map(code)), ("reply_to", properties.replyTo.map(code)),
    ]
    for header in ShownHeaders(properties.headers, isUnmasked: isRevealed).headers {
        all.append((header.name, code(header.text)))
    }
    return facts(all)
}
