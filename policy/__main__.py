"""The policy pack: binds the rules to resources, with how strict each is and what can be configured."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from rules import (
    CONFIG_MAP,
    DEPLOYMENT,
    DURABLE,
    PRODUCTION,
    clear_text_in_environment,
    clear_text_in_options,
    configuration_of,
    is_of_session,
    is_production,
    missing_durability,
    public_addresses,
    unpinned_images,
)


def pinned_images(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Hold the images of a session against a rule of tags or digests."""
    if is_of_session(args.urn) and args.resource_type == DEPLOYMENT:
        for fault in unpinned_images(args.props, bool(args.get_config().get("digest"))):
            report(fault)


def no_public_rest(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Keep the REST API inside the cluster."""
    if is_of_session(args.urn):
        for fault in public_addresses(args.resource_type, args.props):
            report(fault)


def durable_in_production(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Ask production for high availability, and for state that outlives a pod."""
    config = args.get_config()
    if not is_of_session(args.urn) or args.resource_type != CONFIG_MAP:
        return
    options = configuration_of(args.props)
    if options is not None and is_production(args.urn, config.get("stacks", PRODUCTION)):
        for fault in missing_durability(options, list(config.get("schemes", DURABLE))):
            report(fault)


def no_clear_text_secrets(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Keep secrets out of ConfigMaps and of environment variables."""
    if not is_of_session(args.urn):
        return
    if args.resource_type == CONFIG_MAP:
        for fault in clear_text_in_options(configuration_of(args.props) or {}):
            report(fault)
    if args.resource_type == DEPLOYMENT:
        for fault in clear_text_in_environment(args.props):
            report(fault)


def no_config_map_output_in_spec(args: StackValidationArgs, report: ReportViolation) -> None:
    """Find Deployments that Pulumi would delete along with a replaced ConfigMap."""
    for resource in args.resources:
        if resource.resource_type != DEPLOYMENT:
            continue
        for used in resource.property_dependencies.get("spec", ()):
            if used.resource_type == CONFIG_MAP:
                report(
                    f"spec holds an Output of the ConfigMap {used.name}: when that is replaced, Pulumi deletes the"
                    " Deployment first; write the name as plain text, and order them by depends_on",
                    resource.urn,
                )


PolicyPack(
    name="flink-session",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            name="pinned-images",
            description="Images of a session cluster have a fixed tag, or a digest.",
            validate=pinned_images,
            config_schema=PolicyConfigSchema(
                properties={
                    "digest": {"type": "boolean", "default": False, "description": "whether a tag is not enough"}
                }
            ),
        ),
        ResourceValidationPolicy(
            name="no-public-rest",
            description="The REST API of a session cluster cannot be reached from outside Kubernetes.",
            validate=no_public_rest,
        ),
        ResourceValidationPolicy(
            name="durable-in-production",
            description="Session clusters in production have high availability, and state that outlives a pod.",
            validate=durable_in_production,
            config_schema=PolicyConfigSchema(
                properties={
                    "stacks": {
                        "type": "string",
                        "default": PRODUCTION,
                        "description": "which stacks are production, as a regular expression",
                    },
                    "schemes": {
                        "type": "array",
                        "items": {"type": "string"},
                        "default": list(DURABLE),
                        "description": "file systems that outlive a pod; add file where that is a shared volume",
                    },
                }
            ),
        ),
        ResourceValidationPolicy(
            name="no-clear-text-secrets",
            description="No secret of a session cluster is in a ConfigMap or in an environment variable in clear text.",
            validate=no_clear_text_secrets,
        ),
        StackValidationPolicy(
            name="no-config-map-output-in-a-deployment",
            description="No Deployment's spec holds an Output of a ConfigMap.",
            validate=no_config_map_output_in_spec,
        ),
    ],
)
