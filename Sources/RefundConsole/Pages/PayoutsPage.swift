internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// The fleet's brake.
struct PayoutsModel: Sendable {
    var pause: StandingPause?
    /// The pauses of before, the latest last.
    var history: [PastPause] = []
    /// Payouts that are held by it.
    var withheld: Int
    var form: BrakeForm
    /// What was just sent.
    var sent: BrakeAction?
}

func payoutsPage(_ model: PayoutsModel, for viewer: Viewer) -> HTML {
    page("Payouts", in: .payouts, for: viewer) {
        if let sent = model.sent {
            notice(.good, "Sent") {
                tag("p") {
                    "\(sent.type.rawValue) is with the broker, and waits behind no request. A worker acts on it in a moment. "
                    link(Section.payouts.link) { "Look again" }
                }
            }
        }
        section("The brake", id: "standing") { standing(model, viewer.now) }
        if !viewer.isReadOnly {
            if let pause = model.pause {
                section("Let them go", id: "resume") { form(.resume, lifting: pause, model.form, viewer) }
            } else {
                section("Pause every payout", id: "pause") { form(.pause, lifting: nil, model.form, viewer) }
            }
        }
        section("Pauses of before", id: "history") { history(model.history.filter { $0.lifting != nil }) }
    }
}

private func history(_ past: [PastPause]) -> HTML {
    guard !past.isEmpty else { return tag("p", .class("empty")) { "There was none." } }
    return table(
        "Pauses of before, the latest first",
        [
            Column("Paused"), Column("By"), Column("Why"), Column("Let go"), Column("By whom"), Column("Because"),
        ],
        past.suffix(50).reversed().map { one in
            [
                time(one.pause.at), HTML("\(one.pause.by)"), tag("q") { one.pause.note },
                one.lifting.map { time($0.at) } ?? HTML("–"), HTML(one.lifting.map { "\($0.by)" } ?? "–"),
                tag("q") { one.lifting?.note ?? "–" },
            ]
        })
}

private func standing(_ model: PayoutsModel, _ now: Instant) -> HTML {
    guard let pause = model.pause else { return tag("p") { "Payouts go on; no pause stands." } }
    return notice(.bad, "Payouts are paused") {
        facts([
            ("Since", time(pause.at, from: now)), ("By", HTML("\(pause.by)")), ("Note", tag("q") { pause.note }),
            ("Pause", code(pause.actionID.text)), ("Held", HTML(counted(model.withheld, "payout"))),
        ])
    }
}

private func form(_ action: BrakeAction, lifting pause: StandingPause?, _ filled: BrakeForm, _ viewer: Viewer) -> HTML {
    tag(
        "form", Attribute("method", "post"), Attribute("action", Link("payouts", action.rawValue).text),
        .class("decide")
    ) {
        tag("p", .class("hint")) { action.meaning }
        proof(viewer)
        hidden("action_id", filled.actionID.text)
        if let pause { hidden("pause", pause.actionID.text) }
        if let gap = filled.gap { tag("p", .class("gap"), Attribute("role", "alert")) { gap } }
        tag("div", .class("field")) {
            tag("label", Attribute("for", "by")) { "Your name" }
            mark(
                "input", .id("by"), Attribute("name", "by"), Attribute("value", filled.by),
                Attribute("maxlength", "200"), Attribute("autocomplete", "name"), Attribute("required"))
        }
        tag("div", .class("field wide")) {
            tag("label", Attribute("for", "note")) { "Why" }
            tag(
                "textarea", .id("note"), Attribute("name", "note"), Attribute("rows", "3"),
                Attribute("maxlength", "2000"), Attribute("required")
            ) { HTML.filled(filled.note) }
        }
        tag("div", .class("buttons")) { tag("button", .class("main")) { action.title } }
    }
}
