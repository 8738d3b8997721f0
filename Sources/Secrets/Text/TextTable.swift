/// What stands in text files of secrets: the table that a newcomer extends.
///
/// One row a line, six columns between bars:
/// - where a marker stands: `line` at the beginning of one, but for blanks; `word` where no letter, digit or
///   underscore is before it; `account` behind the name that a line begins with; or `any`;
/// - the marker, as it is written;
/// - what has to follow it (``TextRow/Follower``), or `-` for nothing;
/// - the rule's name, and behind `with` another word that has to stand in the same file;
/// - what such a file is;
/// - the source of the rule.
enum TextTable {
  static let rows = text.split(separator: "\n").compactMap { TextRow($0) }

  static let text = """
    # Tokens of services, by their prefixes
    word | ghp_ | word 20 | github | a token of GitHub | GitHub's "About authentication", "token formats"
    word | gho_ | word 20 | github | a token of GitHub | the same
    word | ghu_ | word 20 | github | a token of GitHub | the same
    word | ghs_ | word 20 | github | a token of GitHub | the same
    word | ghr_ | word 20 | github | a token of GitHub | the same
    word | github_pat_ | word 20 | github | a token of GitHub | the same
    word | glpat- | dash 16 | gitlab | a token of GitLab | GitLab's "Token overview", "Token prefixes"
    word | gldt- | dash 16 | gitlab | a token of GitLab | the same
    word | glrt- | dash 16 | gitlab | a token of GitLab | the same
    word | glptt- | dash 16 | gitlab | a token of GitLab | the same
    word | xoxb- | dash 16 | slack | a token of Slack | Slack's "Token types"
    word | xoxp- | dash 16 | slack | a token of Slack | the same
    word | xoxa- | dash 16 | slack | a token of Slack | the same
    word | xoxr- | dash 16 | slack | a token of Slack | the same
    word | xoxs- | dash 16 | slack | a token of Slack | the same
    word | xoxe. | dash 16 | slack | a token of Slack | the same
    word | xapp-1- | dash 16 | slack | a token of Slack | the same
    any | hooks.slack.com/services/T | path 24 | slack | an address of Slack that is a secret | Slack's "Sending messages using incoming webhooks"
    any | discord.com/api/webhooks/ | path 40 | discord | an address of Discord that is a secret | Discord's "Webhook Resource"
    word | AKIA | upper 16 | aws | a key of AWS | IAM's "Unique identifiers"
    word | ASIA | upper 16 | aws | a key of AWS | the same
    word | aws_secret_access_key | value 20 | aws | a key of AWS | AWS CLI's "Configuration and credential file settings"
    word | AWS_SECRET_ACCESS_KEY | value 20 | aws | a key of AWS | AWS CLI's "Environment variables"
    word | AIza | dash 35 | google | a key of Google | Google Cloud's "API keys"
    word | ya29. | dash 20 | google | a token of Google | Google's "Using OAuth 2.0"
    word | GOCSPX- | dash 20 | google | a secret of a client of Google | the same
    word | sk_live_ | word 16 | stripe | a key of Stripe | Stripe's "API keys"
    word | rk_live_ | word 16 | stripe | a key of Stripe | the same
    word | sk_test_ | word 16 | stripe | a key of Stripe | the same
    word | whsec_ | base64 24 | stripe | a secret of Stripe | Stripe's "Webhooks"
    word | sk-ant- | dash 20 | anthropic | a key of Anthropic | Anthropic's "API keys"
    word | sk-proj- | dash 20 | openai | a key of OpenAI | OpenAI's "API keys"
    word | hf_ | word 30 | huggingface | a token of Hugging Face | Hugging Face's "User access tokens"
    word | npm_ | word 30 | npm | a token of npm | npm's "About access tokens"
    any | :_authToken | value 8 | npm | a token of npm | npmrc(5)
    any | :_password | value 4 | npm | a password of npm | npmrc(5)
    word | npmAuthToken | value 8 | npm | a token of npm | yarnrc's "npmAuthToken"
    word | pypi-AgE | dash 20 | pypi | a token of PyPI | PyPI's "API tokens"
    word | rubygems_ | word 40 | rubygems | a key of RubyGems | RubyGems' "API key scopes"
    word | cio | word 32 | cargo | a token of crates.io | crates.io src/util/token.rs
    word | dckr_pat_ | dash 20 | docker | a token of Docker Hub | Docker's "Personal access tokens"
    word | dop_v1_ | word 40 | digitalocean | a token of DigitalOcean | DigitalOcean's "Token prefixes"
    word | doo_v1_ | word 40 | digitalocean | a token of DigitalOcean | the same
    word | hvs. | dash 20 | vault | a token of Vault | Vault's "Tokens", "Token prefixes"
    word | hvb. | dash 20 | vault | a token of Vault | the same
    word | hvr. | dash 20 | vault | a token of Vault | the same
    word | SG. | dash 20 | sendgrid | a key of SendGrid | SendGrid's "API keys"
    word | xkeysib- | dash 20 | brevo | a key of Brevo | Brevo's "API keys"
    word | shpat_ | word 20 | shopify | a token of Shopify | Shopify's "Access token types"
    word | shpss_ | word 20 | shopify | a secret of Shopify | the same
    word | sq0csp- | dash 20 | square | a secret of Square | Square's "Credentials"
    word | EAAAE | dash 40 | square | a token of Square | the same
    word | glsa_ | word 30 | grafana | a token of Grafana | Grafana's "Service accounts"
    word | glc_ | base64 30 | grafana | a token of Grafana | Grafana's "Access policies"
    word | lin_api_ | word 30 | linear | a key of Linear | Linear's "API keys"
    word | ntn_ | word 40 | notion | a token of Notion | Notion's "Authorization"
    word | PMAK- | dash 40 | postman | a key of Postman | Postman's "API keys"
    word | NRAK- | upper 20 | newrelic | a key of New Relic | New Relic's "API keys"
    word | tskey- | dash 16 | tailscale | a key of Tailscale | Tailscale's "Key prefixes"
    word | pul- | hex 40 | pulumi | a token of Pulumi | Pulumi's "Access tokens"
    word | atlasv1. | dash 40 | terraform | a token of Terraform | Terraform's "API tokens"
    word | ATATT3 | dash 40 | atlassian | a token of Atlassian | Atlassian's "API tokens"
    word | figd_ | dash 30 | figma | a token of Figma | Figma's "Authentication"
    word | ops_eyJ | dash 40 | onepassword | a token of 1Password | 1Password's "Service accounts"
    word | AccountKey= | base64 40 | azure | a key of Azure | Azure Storage's "Configure connection strings"
    word | SharedAccessKey= | base64 40 | azure | a key of Azure | Azure's "Service Bus connection strings"

    # Keys in files of their own
    word | AGE-SECRET-KEY-1 | word 1 | age | a key of age | age(1)
    word | AGE-SECRET-KEY-PQ-1 | word 1 | age | a key of age | age(1)
    word | AGE-PLUGIN- | dash 8 | age | a key of age | age(1), "plugins"
    line | RWRTY0Iy | base64 64 | minisign | a secret key of minisign | minisign(1), "Secret key format"
    line | RWQAAEIy | base64 64 | minisign | a secret key of minisign | the same
    line | RWRCS | base64 64 | signify | a secret key of signify | signify(1), signify.c
    line | Private-key-format: v | - | dnssec | a private key for DNSSEC | BIND lib/dns/dst_parse.c
    line | Key: (private-key | - | gnupg | a secret key of GnuPG | GnuPG agent/keyformat.txt
    line | Key: (protected-private-key | - | gnupg | a secret key of GnuPG | the same
    line | PrivateKey | value 40 | wireguard | a private key of WireGuard | wg(8)
    line | private-key | value 40 | wireguard | a private key of WireGuard | nm-settings(5), "wireguard"
    line | PresharedKey | value 40 | wireguard | a shared key of WireGuard | wg(8)
    any | <auth-user-pass> | - | openvpn | a login of OpenVPN | openvpn(8), "Inline file support"
    any | <pkcs12> | - | openvpn | a private key for OpenVPN | the same
    word | secret | value 16 | tsig with algorithm hmac- | a key for DNS (TSIG) | named.conf(5), "key"
    word | secret | value 16 | tsig with algorithm: hmac- | a key for DNS (TSIG) | knot.conf(5), nsd.conf(5)

    line | # START OF TARSNAP KEY FILE | - | tarsnap | a key of Tarsnap | tarsnap-keygen(1)
    line | BORG_KEY | value 16 | borg | a key of Borg | Borg's "borg key export"

    # Passwords and their hashes
    account | :$1$ | crypt | password-hash | hashes of passwords | crypt(5), shadow(5)
    account | :$5$ | crypt | password-hash | hashes of passwords | the same
    account | :$6$ | crypt | password-hash | hashes of passwords | the same
    account | :$y$ | crypt | password-hash | hashes of passwords | the same
    account | :$gy$ | crypt | password-hash | hashes of passwords | the same
    account | :$7$ | crypt | password-hash | hashes of passwords | the same
    account | :$2a$ | crypt | password-hash | hashes of passwords | the same
    account | :$2b$ | crypt | password-hash | hashes of passwords | the same
    account | :$2y$ | crypt | password-hash | hashes of passwords | the same
    account | :$md5$ | crypt | password-hash | hashes of passwords | the same
    account | :$sha1$ | crypt | password-hash | hashes of passwords | the same
    account | :$apr1$ | crypt | password-hash | hashes of passwords | htpasswd(1)
    account | :$argon2 | crypt | password-hash | hashes of passwords | the format of the Password Hashing Competition
    account | :$pbkdf2 | crypt | password-hash | hashes of passwords | the format of the Password Hashing Competition
    account | :$scrypt | crypt | password-hash | hashes of passwords | the format of the Password Hashing Competition
    account | :{SHA | scheme | password-hash | hashes of passwords | RFC 2307 5.3; Dovecot's "Password schemes"
    account | :{SSHA | scheme | password-hash | hashes of passwords | the same
    account | :{MD5 | scheme | password-hash | hashes of passwords | the same
    account | :{SMD5 | scheme | password-hash | hashes of passwords | the same
    account | :{CRYPT | scheme | password-hash | hashes of passwords | the same
    account | :{PLAIN | scheme | password-hash | hashes of passwords | the same
    account | :{BLF- | scheme | password-hash | hashes of passwords | the same
    account | :{ARGON2 | scheme | password-hash | hashes of passwords | the same
    account | :{CRAM- | scheme | password-hash | hashes of passwords | the same
    account | :{DIGEST- | scheme | password-hash | hashes of passwords | the same
    account | :{PBKDF2 | scheme | password-hash | hashes of passwords | the same
    account | :{SCRAM- | scheme | password-hash | hashes of passwords | the same
    account | :{LDAP- | scheme | password-hash | hashes of passwords | the same
    any | SCRAM-SHA-256$ | hex 4 | password-hash | hashes of passwords | PostgreSQL's "pg_authid"
    any | ]:LCT- | hex 8 | password-hash | hashes of passwords | smbpasswd(5)
    word | ClearTextPassword | value 4 | nuget | a password for NuGet | nuget.config's "packageSourceCredentials"

    # Documents of JSON and YAML
    any | "auth" | value 4 | docker with "auths" | a login to a registry | containers-auth.json(5)
    any | "identitytoken" | value 4 | docker with "auths" | a login to a registry | the same
    any | "refresh_token" | value 8 | oauth with "client_secret" | a login by OAuth | RFC 6749 6
    any | "private_key" | value 16 | service-account with "service_account" | a key of a service account | Google Cloud's "Service account keys"
    any | client-key-data | value 16 | kubeconfig | a login to Kubernetes | Kubernetes' "Organizing Cluster Access"
    word | token | value 8 | kubeconfig with current-context | a login to Kubernetes | the same
    word | password | value 1 | kubeconfig with current-context | a login to Kubernetes | the same
    any | "d" | value 20 | jwk with "kty" | a private key (JWK) | RFC 7517, RFC 7518 6.2.2
    any | "k" | value 16 | jwk with "kty" | a secret key (JWK) | RFC 7518 6.4.1
    any | "ciphertext" | value 16 | ethereum with "kdfparams" | an encrypted key of Ethereum | go-ethereum accounts/keystore/passphrase.go
    word | oauth_token | value 8 | github | a token of GitHub | GitHub CLI's "gh auth login", hosts.yml
    line | kind: Secret | - | kubernetes with data: | secrets of Kubernetes | Kubernetes' "Secrets"
    line | kind: Secret | - | kubernetes with stringData: | secrets of Kubernetes | the same
    any | "RefreshToken" | - | azure with "AccessToken" | a login to Azure | MSAL's "Token cache serialization"
    """
}
