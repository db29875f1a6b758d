// A session cluster whose namespace and image come from elsewhere: the first from another stack, the second from this one's configuration.
import * as pulumi from "@pulumi/pulumi";
import { FlinkSessionCluster } from "@pulumi/flink-session";

const config = new pulumi.Config();
const platform = new pulumi.StackReference(config.require("platform"));

const cluster = new FlinkSessionCluster("analytics", {
    clusterId: "analytics",
    namespace: platform.requireOutput("namespace") as pulumi.Output<string>,
    image: config.get("image"),
    jobManager: { cpu: 0.5 },
    taskManager: { cpu: 0.5, memory: "2Gi", slots: 2 },
    configuration: { "parallelism.default": 2, "execution.checkpointing.interval": "30 s" },
});

export const restEndpoint = cluster.restEndpoint;
export const slots = cluster.effectiveConfiguration.apply((flink) => Number(flink["taskmanager.numberOfTaskSlots"]));
