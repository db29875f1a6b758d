"""`flink-session session`: Flink's `KubernetesSessionCli`, as a command that deploys, finds, shows and stops a session.

wanted      what the options, the environment and Flink's configuration folder ask for: plain values
project     the little Pulumi project of a session that has none, in the user's home
looking     what there is in the cluster already, and whose it is
starting    deploy, retrieve, change
stopping    take a session away
prompt      what can be typed in attached mode
web         the web UI of a private session, on a port of 127.0.0.1
commands, inspecting   the commands themselves
"""
