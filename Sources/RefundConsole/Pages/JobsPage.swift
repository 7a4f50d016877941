internal import RefundCase
internal import RefundPolicy

/// One replay or discard, from its start to its end.
struct JobModel: Sendable {
    var job: LetterJob
    /// What became of the case that a single letter was about, as the store has it.
    var status: CaseStatus?
    /// Letters of the same code that are in the queue now, if the job is over.
    var left: Int?
}

func jobPage(_ model: JobModel, for viewer: Viewer) -> HTML {
    let job = model.job
    return page(
        "\(job.work.title) \(job.title)", in: .dead, for: viewer, live: job.link.text, refresh: job.isOver ? nil : 2
    ) {
        section("How far it is", id: "job", live: true) {
            standing(job, viewer)
            if let id = job.requestID, job.isOver {
                tag("p") {
                    "Its case: "
                    link(Link("cases", id)) { code(id) }
                    model.status?.pill ?? HTML("not there yet")
                }
            }
            if let left = model.left, job.isOver {
                tag("p") { "In the queue of dead letters now: \(counted(left, "letter"))." }
            }
        }
        tag("p") { link(Section.dead.link) { "All dead letters" } }
    }
}

extension LetterJob {
    var link: Link { Link("dead", "jobs", "\(id)") }
}

extension LetterJob.Work {
    var title: String { self == .replay ? "Replay" : "Discard" }
}

/// The jobs as a list.
func jobs(_ jobs: [LetterJob], _ viewer: Viewer) -> HTML {
    tag("ul", .class("jobs")) {
        for job in jobs {
            tag("li") {
                link(job.link) { "\(job.work.title) \(job.title)" }
                standing(job, viewer)
            }
        }
    }
}

private func standing(_ job: LetterJob, _ viewer: Viewer) -> HTML {
    switch job.stage {
    case .waiting: return tag("p") { pill("waits for its turn", .waiting) }
    case .running(let lookedAt, let all):
        return tag("p") {
            pill("under way", .waiting)
            tag(
                "progress", Attribute("max", "\(max(all, 1))"), Attribute("value", "\(lookedAt)"),
                .label("Letters looked at"))
            " \(grouped("\(lookedAt)")) of \(counted(all, "letter")) looked at"
        }
    case .done(let outcome): return done(job, outcome)
    case .undone: return tag("p") { pill("undone", .plain) + HTML(" The letters are where they were.") }
    case .failed(let problem):
        return tag("p") { pill("failed", .bad) + HTML(" \(problem) What was not done is still a dead letter.") }
    case .pending(let until): return pending(job, until, viewer)
    }
}

private func done(_ job: LetterJob, _ outcome: LetterJob.Outcome) -> HTML {
    tag("p") {
        pill("done", .good)
        " \(counted(outcome.done, "letter")) \(job.work == .replay ? "sent again" : "discarded") by \(job.by), "
        exactTime(outcome.at)
        if outcome.missing > 0 {
            " "
            pill("\(counted(outcome.missing, "letter", "letters")) not found: gone meanwhile", .warning)
        }
        if outcome.failures > 0 {
            " "
            pill("\(counted(outcome.failures, "letter")) could not be sent", .bad)
        }
    }
}

private func pending(_ job: LetterJob, _ until: Instant, _ viewer: Viewer) -> HTML {
    tag("div", .class("pending")) {
        tag("p") {
            pill("discarded soon", .warning)
            " \(counted(job.fingerprints.count, "letter")) will be gone for good at "
            exactTime(until)
        }
        if !viewer.isReadOnly {
            tag(
                "form", Attribute("method", "post"), Attribute("action", Link("dead", "jobs", "\(job.id)", "undo").text)
            ) {
                proof(viewer)
                tag("button", .class("main")) { "Undo" }
            }
        }
    }
}
