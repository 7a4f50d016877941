import Foundation
import Testing

/// The files under `deploy` by which others start the worker, read by the tools that they are for.
@Suite("Deployment files")
struct DeploymentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs a shell command in the project's directory.
    private func shell(_ command: String, _ environment: [String: String] = [:]) throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "set -o pipefail; { \(command); } 2>&1"]
        process.currentDirectoryURL = DeploymentTests.root
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("systemd finds no fault with the unit, and little that it exposes")
    func unit() throws {
        try Fixtures.inDirectory { directory in
            // Where the package would be installed there need be nothing here.
            let unit = try String(
                contentsOf: DeploymentTests.root.appending(path: "deploy/systemd/refund-worker@.service"),
                encoding: .utf8)
            try #require(unit.contains("ExecStart=/usr/bin/refund-worker run"))
            let copy = directory.appending(path: "refund-worker@.service")
            try Data(unit.replacing("ExecStart=/usr/bin/refund-worker", with: "ExecStart=/bin/true").utf8).write(
                to: copy)
            let dropIns = directory.appending(path: "refund-worker@.service.d")
            try FileManager.default.copyItem(
                at: DeploymentTests.root.appending(path: "deploy/systemd/refund-worker@.service.d"), to: dropIns)
            let verified = try shell("systemd-analyze verify --man=no '\(copy.path)'")
            #expect(verified.status == 0 && verified.output.isEmpty, "\(verified.output)")
            let rated = try shell("systemd-analyze security --offline=yes --threshold=15 '\(copy.path)'")
            #expect(rated.status == 0, "\(rated.output)")
        }
    }

    @Test("systemd finds no fault with the unit of the operators' page, and little that it exposes")
    func consoleUnit() throws {
        try Fixtures.inDirectory { directory in
            let unit = try String(
                contentsOf: DeploymentTests.root.appending(path: "deploy/systemd/refund-console.service"),
                encoding: .utf8)
            let copy = directory.appending(path: "refund-console.service")
            try Data(unit.replacing("ExecStart=/usr/bin/refund-worker", with: "ExecStart=/bin/true").utf8).write(
                to: copy)
            let verified = try shell("systemd-analyze verify --man=no '\(copy.path)'")
            #expect(verified.status == 0 && verified.output.isEmpty, "\(verified.output)")
            let rated = try shell("systemd-analyze security --offline=yes --threshold=15 '\(copy.path)'")
            #expect(rated.status == 0, "\(rated.output)")
        }
    }

    @Test("docker compose reads compose.yaml, and asks for the passwords that it needs")
    func compose() throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let passwords = [
            "RABBITMQ_PASSWORD": "one", "POSTGRES_PASSWORD": "two", "RABBITMQ_DIGEST": digest,
            "POSTGRES_DIGEST": digest, "SWIFT_DIGEST": digest, "DEBIAN_DIGEST": digest,
        ]
        let read = try shell("docker-compose -f deploy/compose.yaml config", passwords)
        #expect(read.status == 0, "\(read.output)")
        #expect(read.output.contains("amqp://refunds:one@broker:5672/"))
        let published = read.output.split(separator: "\n").filter { $0.contains(":5672/tcp") }
        #expect(!published.isEmpty && published.allSatisfy { $0.contains("127.0.0.1:") })
        let images = "docker-compose -f deploy/compose.yaml config | deploy/images --built refund-worker"
        #expect(try shell(images, passwords).status == 0)
        // By its form no image can be named by a tag alone.
        let tagged = try shell(images, passwords.merging(["RABBITMQ_DIGEST": "latest"]) { $1 })
        #expect(tagged.status == 3 && tagged.output.contains("rabbitmq:3.13-management@latest is not named by digest"))
        for name in passwords.keys {
            let missing = try shell("docker-compose -f deploy/compose.yaml config", passwords.filter { $0.key != name })
            #expect(missing.status != 0 && missing.output.contains("set \(name)"))
        }
    }

    @Test("the Kubernetes manifests render, and fit each other", arguments: ["base", "scaled", "console"])
    func manifests(_ name: String) throws {
        let check = "/usr/bin/python3 -B Tests/Deployment/check_manifests.py"
        let checked = try shell("kubectl kustomize deploy/kubernetes/\(name) | \(check)")
        #expect(checked.status == 0, "\(checked.output)")
        // Without its policy, or with an open door in it, it would not pass.
        for (change, problem) in [
            ("s/^kind: NetworkPolicy/kind: Nothing/", "no NetworkPolicy closes its ingress"),
            ("s/^  - from:/  - nobody:/", "its ingress is open to everybody"),
            ("s/port: 53$/port: 54/", "its egress is open at"),
        ] {
            let opened = try shell("kubectl kustomize deploy/kubernetes/\(name) | sed -E '\(change)' | \(check)")
            #expect(opened.status == 1 && opened.output.contains(problem), "\(opened.output)")
        }
    }

    @Test("Prometheus takes the alerts, and its unit tests of them pass")
    func alerts() throws {
        for command in [
            "check config deploy/prometheus/prometheus.yaml", "test rules deploy/prometheus/alerts-test.yaml",
        ] {
            let checked = try shell("promtool \(command)")
            #expect(checked.status == 0, "\(checked.output)")
        }
        // Each alert has a test, and its line in the README.
        let names = try shell("sed -nE 's/^ *- alert: //p' deploy/prometheus/alerts.yaml").output
            .split(separator: "\n").map(String.init)
        #expect(names.count >= 10)
        for name in names {
            #expect(
                try shell("grep -q 'alertname: \(name)$' deploy/prometheus/alerts-test.yaml").status == 0, "\(name)")
            #expect(try shell("grep -q '^| `\(name)` |' README.md").status == 0, "\(name)")
        }
    }

    @Test("the image is built in stages, runs as nobody special, and says by a command whether it is well")
    func container() throws {
        let text = try String(
            contentsOf: DeploymentTests.root.appending(path: "deploy/container/Containerfile"), encoding: .utf8)
        let instructions = text.replacing("\\\n", with: " ").split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
        func all(_ name: String) -> [[String]] { instructions.filter { $0.first == name } }
        #expect(
            all("FROM") == [
                ["FROM", "${SWIFT_IMAGE}@${SWIFT_DIGEST}", "AS", "build"],
                ["FROM", "${DEBIAN_IMAGE}@${DEBIAN_DIGEST}"],
            ])
        #expect(!all("ARG").contains { $0[1].contains("_DIGEST=") }, "a digest has no default")
        #expect(
            all("RUN").first == [
                "RUN", "/deploy/images", "\"$SWIFT_IMAGE@$SWIFT_DIGEST\"", "\"$DEBIAN_IMAGE@$DEBIAN_DIGEST\"",
            ])
        #expect(text.contains("$(deploy/build --static)") && text.contains("/usr/share/refund-worker/bill.cdx.json"))
        #expect(all("USER") == [["USER", "10001:10001"]])
        #expect(all("HEALTHCHECK").count == 1)
        #expect(all("ENTRYPOINT") == [["ENTRYPOINT", "[\"refund-worker\"]"]])
        let help = try Executable.run(["cases", "list", "--limit", "1", "--help"])
        #expect(help.status == 0, "the health check is a command that there is")
    }

    @Test("an image that is named by a tag alone, or by half a digest, is refused")
    func images() throws {
        let digest = "sha256:" + String(repeating: "0a", count: 32)
        #expect(try shell("deploy/images debian:bookworm-slim@\(digest) r.example.com:5000/a/b@\(digest)").status == 0)
        for name in [
            "debian", "debian:bookworm-slim", "debian:bookworm-slim@sha256:0a", "x@md5:\(digest)", "a@\(digest)x",
        ] {
            let refused = try shell("deploy/images debian@\(digest) '\(name)'")
            #expect(refused.status == 3 && refused.output.contains("is not named by digest"), "\(name)")
        }
        #expect(try shell("deploy/images </dev/null").status == 2)
    }

    @Test("the manifests name their image by a digest in one place, and are refused until it is set")
    func manifestImages() throws {
        try Fixtures.inDirectory { directory in
            let copy = directory.appending(path: "kubernetes").path
            #expect(try shell("cp -r deploy/kubernetes '\(copy)'").status == 0)
            let folders = ["base", "scaled", "console"]
            for folder in folders {
                let refused = try shell("kubectl kustomize '\(copy)/\(folder)' | deploy/images")
                #expect(refused.status == 3 && refused.output.contains("is not named by digest"), "\(folder)")
            }
            let digest = "sha256:" + String(repeating: "0a", count: 32)
            let place = "\(copy)/image/kustomization.yaml"
            #expect(try shell("sed -i 's/digest: .*/digest: \(digest)/' '\(place)'").status == 0)
            for folder in folders {
                let images = try shell("kubectl kustomize '\(copy)/\(folder)' | grep image:").output
                #expect(images.contains("/refund-worker@\(digest)"), "\(folder)")
                #expect(try shell("kubectl kustomize '\(copy)/\(folder)' | deploy/images").status == 0, "\(folder)")
            }
        }
    }

    @Test("whatever names an image of others does so by digest")
    func imagesOfOthers() throws {
        // Each line of any file here that starts an image, but for the one that is built here.
        let named = try shell("grep -rnE '^ *-? *image: |^FROM ' deploy").output.split(separator: "\n")
        #expect(named.count >= 8)
        let others = named.filter { !$0.hasSuffix("image: refund-worker") }
        #expect(others.count >= 4)
        for line in others { #expect(line.contains("_DIGEST") && line.contains("}@${"), "\(line)") }
    }

    /// SwiftPM's lock is held by whoever runs these tests.
    private static let withinTests = [
        "BILL_LOCK_HELD": "1", "HOME": ProcessInfo.processInfo.environment["HOME"] ?? "/nonexistent",
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    ]

    @Test("the bill names every Swift package with version and commit, and every Debian library that is linked")
    func bill() throws {
        let written = try shell("deploy/bill '\(try Executable.path.path)' 2>/dev/null", DeploymentTests.withinTests)
        try #require(written.status == 0, "\(written.output)")
        let bill = try #require(
            try JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [String: Any])
        #expect(bill["bomFormat"] as? String == "CycloneDX" && bill["specVersion"] as? String == "1.5")
        let components = try #require(bill["components"] as? [[String: Any]])
        let names = Set(components.compactMap { $0["name"] as? String })
        #expect(names.isSuperset(of: ["swift-nio", "swift-nio-ssl", "grdb.swift", "yams", "swift-asn1", "swift"]))
        #expect(names.isSuperset(of: ["librabbitmq4", "libsqlite3-0", "libpq5", "libc6"]), "\(names)")
        for component in components {
            let name = component["name"] as? String ?? ""
            #expect(component["version"] as? String != "", "\(name)")
            guard (component["purl"] as? String)?.hasPrefix("pkg:swift/") == true else { continue }
            let properties = component["properties"] as? [[String: String]]
            let commit = properties?.first { $0["name"] == "refund-worker:commit" }?["value"]
            #expect(commit?.wholeMatch(of: /[0-9a-f]{40}/) != nil, "\(name)")
        }
        let references = Set(components.compactMap { $0["bom-ref"] as? String })
        let dependencies = try #require(bill["dependencies"] as? [[String: Any]])
        for dependency in dependencies {
            #expect(references.isSuperset(of: dependency["dependsOn"] as? [String] ?? []))
        }
    }

    @Test("a dependency without an exact version, of another version, or that is not named stops the build")
    func unpinned() throws {
        try Fixtures.inDirectory { directory in
            let manifest = try String(
                contentsOf: DeploymentTests.root.appending(path: "Package.swift"), encoding: .utf8)
            let tree = try shell(
                "swift package --ignore-lock show-dependencies --format json 2>/dev/null", DeploymentTests.withinTests)
            try #require(tree.status == 0, "\(tree.output)")
            try Data(tree.output.utf8).write(to: directory.appending(path: "dependencies.json"))
            func check(_ manifest: String) throws -> (status: Int32, output: String) {
                let file = directory.appending(path: "Package.swift")
                try Data(manifest.utf8).write(to: file)
                return try shell("/usr/bin/python3 -B deploy/write_bill.py check '\(directory.path)' '\(file.path)'")
            }
            #expect(try check(manifest).status == 0)
            let yams = try #require(
                manifest.firstMatch(of: /\.package\(url: "https:\/\/github.com\/jpsim\/Yams", exact: "([^"]+)"\)/))
            for (changed, said) in [
                (yams.output.0.replacing("exact:", with: "from:"), "without an exact version"),
                (yams.output.0.replacing(yams.output.1, with: "6.0.0"), "is named as 6.0.0"), ("", "is not named"),
            ] {
                let refused = try check(manifest.replacing(yams.output.0, with: changed))
                #expect(refused.status == 3 && refused.output.contains(said), "\(refused.output)")
            }
        }
    }

    @Test("the manual has a page for each subcommand and one for the settings, and its readers find no fault with them")
    func manual() throws {
        try Fixtures.inDirectory { directory in
            let path = directory.path
            let written = try shell("deploy/manual '\(try Executable.path.path)' '\(path)'")
            #expect(written.status == 0, "\(written.output)")
            let pages = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(pages.contains("refund-worker.1") && pages.contains("refund-worker.yaml.5"))
            for name in ["run", "cases", "topology", "completions"] {
                #expect(pages.contains("refund-worker-\(name).1"))
            }
            for page in pages {
                let read = try shell(
                    "mandoc -T lint -W warning '\(path)/\(page)'; man --warnings -l -Tutf8 -Z '\(path)/\(page)' 2>&1 >/dev/null"
                )
                #expect(read.status == 0 && read.output.isEmpty, "\(page): \(read.output)")
            }
            let cases = try shell("MANWIDTH=100 man -l '\(path)/refund-worker-cases.1' | cat")
            for word in [
                "CASES SHOW", "--due-within DURATION", "refund-worker cases show rr-1042", "settled, withdrawn",
            ] {
                #expect(cases.output.contains(word), "\(word)")
            }
            let settings = try shell("MANWIDTH=100 man -l '\(path)/refund-worker.yaml.5' | cat")
            for object in try Executable.run(["config", "--json"]).objects() {
                #expect(settings.output.contains(try #require(object["environment"] as? String)))
            }
        }
    }

    @Test("every setting and subcommand that the files name is one")
    func settings() throws {
        let known = Set(
            try Executable.run(["config", "--json"]).objects().flatMap { setting in
                ["environment", "file_environment"].compactMap { setting[$0] as? String }
            })
        let named = try shell(
            "grep -rohE 'REFUND_WORKER_[A-Z_]*[A-Z]' deploy/systemd deploy/console deploy/container deploy/compose.yaml deploy/kubernetes"
        )
        let names = Set(named.output.split(separator: "\n").map(String.init))
        #expect(names.count >= 4)
        #expect(names.subtracting(known).isEmpty)
    }
}
