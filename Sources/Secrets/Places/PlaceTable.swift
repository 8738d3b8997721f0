/// Where secrets lie, and what their files are called: the table that a newcomer extends.
///
/// One row a line, five columns between bars:
/// - what the words are: a `directory` with all below it, by the end of its path; a `place` of the root
///   with all below it; or a `file`, by the end of its path, where `*` stands for any part of a name;
/// - the words, each for itself; behind `but`, names of files that are none;
/// - the rule's name;
/// - what is there;
/// - the source of the rule.
enum PlaceTable {
  static let rows = text.split(separator: "\n").compactMap { PlaceRow($0) }

  static let text = """
    # Of the system
    place | /run/secrets /var/run/secrets | secrets | what an engine mounts as secrets | docker service create --secret; Kubernetes' "Service accounts"
    place | /run/credentials /etc/credstore /etc/credstore.encrypted | secrets | credentials of services | systemd.exec(5), LoadCredential
    place | /etc/NetworkManager/system-connections /var/lib/iwd | network | passwords of networks | nm-settings-keyfile(5); iwd.network(5)
    place | /var/lib/samba/private /var/lib/sss/secrets /var/lib/krb5kdc /var/lib/heimdal-kdc | accounts | passwords and keys of users | smb.conf(5), private dir; sssd-secrets(5); kdc.conf(5)
    file | etc/shadow etc/shadow- etc/shadow.* etc/shadow~ backups/shadow* | shadow | passwords of users | shadow(5)
    file | etc/gshadow etc/gshadow- etc/gshadow.* etc/gshadow~ backups/gshadow* | shadow | passwords of groups | gshadow(5)
    file | opasswd opasswd.old etc/master.passwd etc/spwd.db | shadow | passwords of users | pam_unix(8), remember; FreeBSD passwd(5)
    file | lib/systemd/random-seed lib/systemd/credential.secret NetworkManager/secret_key | seed | what the host makes keys from | systemd-random-seed(8); systemd-creds(1); NetworkManager(8)
    file | wpa_supplicant/*.conf etc/wpa_supplicant.conf *.nmconnection | network | passwords of networks | wpa_supplicant.conf(5)
    file | chap-secrets pap-secrets ipsec.secrets racoon/psk.txt l2tp-secrets | network | passwords of tunnels | pppd(8); ipsec.secrets(5)
    file | ssh_host_*_key dropbear_*_host_key | ssh | a private key of the host | sshd_config(5), HostKey; dropbear(8)
    file | krb5cc_* .k5.* heimdal-kdc/m-key | kerberos | tickets or keys of Kerberos | kerberos(7), KRB5CCNAME; kdc.conf(5), key_stash_file

    # Of services
    file | sasldb2 sasl_passwd sasl_passwd.db exim4/passwd.client | mail | passwords for mail | saslpasswd2(8); Postfix's SASL_README; Debian's exim4 update-exim4.conf(8)
    file | secrets.tdb passdb.tdb samba/smbpasswd private/smbpasswd etc/smbpasswd | accounts | passwords of users | smb.conf(5), passdb backend
    file | .htpasswd .htdigest | accounts | hashes of passwords | htpasswd(1), htdigest(1)
    file | rsyncd.secrets davfs2/secrets .davfs2/secrets .smbcredentials passwd-s3fs .passwd-s3fs | mount | passwords of file servers | rsyncd.conf(5); mount.davfs(8); mount.cifs(8); s3fs(1)
    file | ldap.secret pam_ldap.secret libnss-ldap.secret | accounts | a password for LDAP | pam_ldap(5)
    file | munge.key corosync/authkey ceph/*.keyring .erlang.cookie rabbitmq/.erlang.cookie | cluster | a key of a cluster | munged(8); corosync_overview(8); ceph-authtool(8); erl(1)
    file | jmxremote.password *.jmxremote.password | java | passwords of Java's management | JDK's management.properties
    file | debian.cnf debian-sys-maint.cnf | mysql | a password for MySQL | Debian's mariadb-server README
    file | pgbouncer/userlist.txt redis/users.acl | accounts | passwords of users | pgbouncer.ini(5), auth_file; Redis' "ACL"
    file | config/master.key config/credentials/*.key | rails | the key of an application's secrets | Rails' "Securing Rails Applications"
    file | .vault_pass .vault_pass.* .vault_password .ansible_vault_pass* | ansible | a password of Ansible's vault | ansible-vault(1)
    file | *.tfstate *.tfstate.backup | terraform | a state of Terraform, which holds secrets | Terraform's "Sensitive data in state"

    # Of people
    directory | .ssh .gnupg .password-store .local/share/keyrings .config/sops .config/op .pki | credentials | keys or passwords of a user | ssh(1); gpg(1); pass(1); sops and 1Password's documentation
    directory | .aws .azure .kube .config/gcloud .gsutil .oci .minikube .step .config/doctl .config/hcloud | credentials | credentials of a user for a cloud | the tools' documentation of their configuration
    directory | .mozilla .thunderbird .config/chromium .config/google-chrome .purple .config/filezilla .filezilla | credentials | passwords of a user | firefox(1), chromium(1), "Files"
    directory | .electrum .bitcoin .ethereum | credentials | a wallet of a user | the programs' documentation of their data directories
    file | id_rsa id_dsa id_ecdsa id_ecdsa_sk id_ed25519 id_ed25519_sk identity.agekey | ssh | a private key of a user | ssh(1), -i
    file | secring.gpg | openpgp | secret keys of OpenPGP | gpg(1), "Files"
    file | key3.db key4.db signons.sqlite | nss | keys or passwords of NSS | NSS' "Shared DB Howto"
    file | .netrc _netrc .authinfo .authinfo.gpg | credentials | passwords of a user | netrc(5)
    file | .pgpass pgpass.conf .my.cnf .mylogin.cnf | credentials | passwords of a user for a database | PostgreSQL's "The Password File"; MySQL's "Using Option Files"
    file | .git-credentials .config/git/credentials .config/hub gh/hosts.yml glab-cli/config.yml .cvspass | credentials | credentials of a user | gitcredentials(7); hub(1); gh-auth-login(1); glab-auth-login(1)
    directory | .subversion/auth | credentials | credentials of a user | svn(1)
    file | .npmrc .yarnrc.yml .pypirc pypoetry/auth.toml .gem/credentials .condarc | credentials | credentials of a user for packages | npmrc(5); PyPA's ".pypirc"; Poetry's "Repositories"
    file | cargo/credentials cargo/credentials.toml .cargo/credentials .cargo/credentials.toml | credentials | credentials of a user for packages | cargo-login(1)
    file | composer/auth.json .composer/auth.json .m2/settings.xml .m2/settings-security.xml .ivy2/.credentials .sbt/.credentials .gradle/gradle.properties | credentials | credentials of a user for packages | the tools' documentation of authentication
    file | containers/auth.json .docker/config.json .dockercfg helm/registry/config.json | credentials | logins to registries | containers-auth.json(5); docker-login(1)
    file | .vault-token credentials.tfrc.json .terraformrc .pulumi/credentials.json .boto .s3cfg rclone.conf .rclone.conf application_default_credentials.json | credentials | credentials of a user for a cloud | the tools' documentation of their configuration
    file | .databrickscfg .sentryclirc .transifexrc .snowsql/config .dbt/profiles.yml .circleci/cli.yml | credentials | credentials of a user for a service | the same
    file | .fetchmailrc .msmtprc .mbsyncrc .offlineimaprc .esmtprc | credentials | passwords of a user for mail | the programs' manuals
    file | .Xauthority .ICEauthority .vnc/passwd .google_authenticator | credentials | what lets somebody in as a user | xauth(1); vncpasswd(1); google-authenticator(1)
    file | wallet.dat | credentials | a wallet of a user | Bitcoin's doc/files.md
    file | .env .env.* .envrc but *.example *.sample *.template *.tmpl *.dist *.defaults *.schema *.ts | environment | variables of a deployment | dotenv's "Should I commit my .env file?"; direnv(1)
    file | .*_history .lesshst .histfile .zhistory .history fish_history | history | what a user typed | bash(1), HISTFILE, and the like
    """
}
